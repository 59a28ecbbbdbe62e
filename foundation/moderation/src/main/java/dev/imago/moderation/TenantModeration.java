package dev.imago.moderation;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who judges texts, and what that leads to for whom.
///
/// @param moderator by lists and rules; empty where a model judges alone
/// @param model the name of a served model of classes that judges too; empty for none
/// @param all for tenants that are not named
/// @param byTenant by the name of a key or an organisation, in the place of `all`
/// @param textKept whether a verdict is noted with what was flagged
public record TenantModeration(
    Optional<Moderator> moderator,
    Optional<String> model,
    ModerationRules all,
    Map<String, ModerationRules> byTenant,
    boolean textKept) {
  /// Nothing for nobody.
  public static final TenantModeration NOTHING =
      new TenantModeration(
          Optional.empty(), Optional.empty(), ModerationRules.OFF, Map.of(), false);

  public TenantModeration {
    byTenant = Map.copyOf(byTenant);
    var rules = new ArrayList<>(byTenant.values());
    rules.add(all);
    if (moderator.isEmpty() && model.isEmpty() && rules.stream().anyMatch(ModerationRules::looks)) {
      throw new ConfigException(
          "moderation blocks or notes, and nothing judges: give lists, rules, or model, the name of"
              + " a served model of classes");
    }
    if (model.isEmpty()) {
      for (ModerationRules each : rules) {
        checkCategories(each, moderator);
      }
    }
  }

  /// One that judges where it is asked, and looks at no request.
  public static TenantModeration judging(Moderator moderator) {
    return new TenantModeration(
        Optional.of(moderator), Optional.empty(), ModerationRules.OFF, Map.of(), false);
  }

  /// A threshold of a category that nothing judges would never be reached.
  private static void checkCategories(ModerationRules rules, Optional<Moderator> moderator) {
    for (String category : rules.thresholds().keySet()) {
      if (moderator.isPresent() && !moderator.get().categories().contains(category)) {
        throw new ConfigException(
            "thresholds name «%s», which nothing judges; there are %s"
                .formatted(category, String.join(", ", moderator.get().categories())));
      }
    }
  }

  /// The rules of a tenant.
  ///
  /// @param names that it has, the nearest first: the first that is named here counts
  public ModerationRules of(List<String> names) {
    return names.stream().filter(byTenant::containsKey).findFirst().map(byTenant::get).orElse(all);
  }
}
