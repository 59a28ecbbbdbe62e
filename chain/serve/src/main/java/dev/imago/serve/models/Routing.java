package dev.imago.serve.models;

import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which model answers where a request names something else than one model.
///
/// @param aliases by name: one model, or several by shares
/// @param fallbacks by the name of a model or an alias, the models that are asked in order where it
///   is busy or its server is not there
/// @param auto picks the models of requests that name `auto`
public record Routing(
    Map<String, List<Share>> aliases,
    Map<String, List<String>> fallbacks,
    Optional<AutoRouting> auto) {
  /// Every model by its own name alone.
  public static final Routing NONE = new Routing(Map.of(), Map.of());

  /// Where no model is picked.
  public Routing(Map<String, List<Share>> aliases, Map<String, List<String>> fallbacks) {
    this(aliases, fallbacks, Optional.empty());
  }

  /// A model's part of the requests for an alias.
  ///
  /// @param weight beside those of the others
  public record Share(String model, double weight) {
    public Share {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new ConfigException(
            "the share of %s is %s; give a number above 0".formatted(model, weight));
      }
    }
  }

  public Routing {
    aliases = Map.copyOf(aliases);
    fallbacks = Map.copyOf(fallbacks);
  }

  /// Refuses what leads nowhere.
  ///
  /// @param models the names of those that there are
  public void check(Set<String> models) {
    aliases.forEach(
        (alias, shares) -> {
          if (models.contains(alias)) {
            throw new ConfigException(
                "alias %s is the name of a model, too; give it another".formatted(alias));
          }
          shares.forEach(share -> known("alias " + alias, share.model(), models));
        });
    fallbacks.forEach(
        (name, others) -> {
          if (!models.contains(name) && !aliases.containsKey(name)) {
            known("fallback", name, models);
          }
          others.forEach(other -> known("fallback of " + name, other, models));
        });
  }

  /// Whether an alias or a fallback names a model.
  boolean leadsTo(String model) {
    return aliases.values().stream()
            .flatMap(List::stream)
            .anyMatch(share -> share.model().equals(model))
        || fallbacks.containsKey(model)
        || fallbacks.values().stream().anyMatch(others -> others.contains(model));
  }

  private static void known(String what, String model, Set<String> models) {
    if (!models.contains(model)) {
      throw new ConfigException(
          "%s names %s, which is no model here; those that are: %s"
              .formatted(what, model, String.join(", ", models)));
    }
  }
}
