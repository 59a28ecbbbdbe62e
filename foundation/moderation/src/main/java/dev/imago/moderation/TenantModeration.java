package dev.imago.moderation;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
    if (model.isEmpty() && moderator.isPresent()) {
      checkThresholds(rules, moderator.get().categories());
    }
  }

  /// One that judges where it is asked, and looks at no request.
  public static TenantModeration judging(Moderator moderator) {
    return new TenantModeration(
        Optional.of(moderator), Optional.empty(), ModerationRules.OFF, Map.of(), false);
  }

  /// Refuses thresholds of categories that neither the lists and rules have nor the model: they
  /// would never be reached.
  ///
  /// @param ofModel what the model judges
  /// @throws ConfigException where there are such
  public void checkThresholds(Set<String> ofModel) {
    var judged = new TreeSet<>(ofModel);
    moderator.ifPresent(lists -> judged.addAll(lists.categories()));
    var rules = new ArrayList<>(byTenant.values());
    rules.add(all);
    checkThresholds(rules, judged);
  }

  private static void checkThresholds(List<ModerationRules> rules, Set<String> judged) {
    for (ModerationRules each : rules) {
      for (String category : each.thresholds().keySet()) {
        if (!judged.contains(category)) {
          throw new ConfigException(
              "thresholds name «%s», which nothing judges; there are %s"
                  .formatted(category, String.join(", ", judged)));
        }
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
