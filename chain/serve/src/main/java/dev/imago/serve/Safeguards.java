package dev.imago.serve;

import dev.imago.accounts.TenantPolicies;
import dev.imago.masking.TenantMasking;
import dev.imago.moderation.TenantModeration;

/// What stands between callers and models, and can be changed while a server runs.
///
/// @param masking what is taken out of requests and answers, for whom
/// @param moderation what is judged of them, and what that leads to; its lists and rules judge at
///   `/v1/moderations`, too
/// @param policies who may ask for what, and when
/// @param marked whether answers say by which model they were made
public record Safeguards(
    TenantMasking masking, TenantModeration moderation, TenantPolicies policies, boolean marked) {
  /// Nothing stands between.
  public static final Safeguards NONE =
      new Safeguards(TenantMasking.NOTHING, TenantModeration.NOTHING, TenantPolicies.NONE, false);

  public Safeguards withMasking(TenantMasking changed) {
    return new Safeguards(changed, moderation, policies, marked);
  }

  public Safeguards withModeration(TenantModeration changed) {
    return new Safeguards(masking, changed, policies, marked);
  }

  public Safeguards withPolicies(TenantPolicies changed) {
    return new Safeguards(masking, moderation, changed, marked);
  }

  public Safeguards withMark(boolean changed) {
    return new Safeguards(masking, moderation, policies, changed);
  }
}
