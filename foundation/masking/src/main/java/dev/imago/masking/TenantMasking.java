package dev.imago.masking;

import dev.imago.core.ConfigException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What is masked for whom: rules for all, and others for some tenants.
///
/// @param all for tenants that are not named
/// @param byTenant by the name of a key or an organisation; it replaces the rules for all
/// @param pseudonyms where any rule asks for them
public record TenantMasking(
    MaskRules all, Map<String, MaskRules> byTenant, Optional<Pseudonyms> pseudonyms) {
  /// Nothing for nobody.
  public static final TenantMasking NOTHING =
      new TenantMasking(new MaskRules(Map.of(), MaskRules.REGIONS), Map.of(), Optional.empty());

  private static final String ALL = "all";
  private static final String TENANTS = "tenants";

  public TenantMasking {
    byTenant = Collections.unmodifiableMap(new HashMap<>(byTenant));
    boolean asked =
        all.actions().containsValue(MaskAction.PSEUDONYM)
            || byTenant.values().stream()
                .anyMatch(rules -> rules.actions().containsValue(MaskAction.PSEUDONYM));
    if (asked && pseudonyms.isEmpty()) {
      throw new ConfigException(
          "a rule of masking asks for pseudonyms, and no key is named: give key, a file of at least"
              + " 16 secret bytes");
    }
  }

  /// Reads `{"all": {"email": "number"}, "tenants": {"key1": {"card": "block"}}}`.
  ///
  /// @param regions countries whose telephone numbers need no code
  public static TenantMasking read(
      JsonNode settings, List<String> regions, Optional<Pseudonyms> pseudonyms) {
    var byTenant = new HashMap<String, MaskRules>();
    if (settings.has(TENANTS) && !settings.get(TENANTS).isObject()) {
      throw new ConfigException(
          "tenants is no list of tenants with their rules; write acme: {email: mask}, say");
    }
    for (var tenant : settings.path(TENANTS).properties()) {
      byTenant.put(
          tenant.getKey(), rules(TENANTS + "." + tenant.getKey(), tenant.getValue(), regions));
    }
    return new TenantMasking(rules(ALL, settings.path(ALL), regions), byTenant, pseudonyms);
  }

  private static MaskRules rules(String where, JsonNode settings, List<String> regions) {
    var actions = new EnumMap<PersonalKind, MaskAction>(PersonalKind.class);
    if (!settings.isObject() && !settings.isMissingNode()) {
      throw new ConfigException(
          "%s is no list of kinds with their actions; write email: mask, say".formatted(where));
    }
    for (var each : settings.properties()) {
      PersonalKind kind = PersonalKind.of(each.getKey());
      if (kind == PersonalKind.NAME) {
        throw new ConfigException(where + " names «name», which needs a model that tells names");
      }
      actions.put(kind, MaskAction.of(each.getValue().asString("")));
    }
    return new MaskRules(actions, regions);
  }

  /// The rules of a tenant.
  ///
  /// @param names that it has, the nearest first: the first that is named here counts
  public MaskRules of(List<String> names) {
    return names.stream().filter(byTenant::containsKey).findFirst().map(byTenant::get).orElse(all);
  }
}
