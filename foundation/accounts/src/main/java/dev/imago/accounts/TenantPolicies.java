package dev.imago.accounts;

import java.util.List;
import java.util.Map;

/// Who may ask for what, and when.
///
/// @param all for tenants that are not named
/// @param byTenant by the name of a key or an organisation, in the place of `all`
public record TenantPolicies(RequestPolicy all, Map<String, RequestPolicy> byTenant) {
  /// Everything for everybody.
  public static final TenantPolicies NONE = new TenantPolicies(RequestPolicy.ANY, Map.of());

  public TenantPolicies {
    byTenant = Map.copyOf(byTenant);
  }

  /// What a tenant may ask for.
  ///
  /// @param names that it has, the nearest first: the first that is named here counts
  public RequestPolicy of(List<String> names) {
    return names.stream().filter(byTenant::containsKey).findFirst().map(byTenant::get).orElse(all);
  }
}
