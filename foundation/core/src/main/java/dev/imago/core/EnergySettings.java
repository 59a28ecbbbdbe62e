package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What the user says of the machine's power and of its electricity, in `energy.yaml` of a
/// workspace:
///
/// ```yaml
/// watts: [40, 90]      # all processors at work; one number where it is known
/// idle: [10, 20]       # the machine at rest; may be left out, as the next
/// memory: [0.2, 0.4]   # a GiB that is held
/// source: data sheet of the board, 2024
/// carbon: {grams_per_kwh: 380, year: 2024, source: Umweltbundesamt, region: DE}
/// ```
///
/// @param power what estimates are made of where no counter is readable; empty where nothing is
///   declared
/// @param carbon what a kilowatt-hour means; empty where it is not told
public record EnergySettings(Optional<Power> power, Optional<Carbon> carbon) {
  public static final String FILE = "energy.yaml";

  /// Nothing is declared.
  public static final EnergySettings NONE = new EnergySettings(Optional.empty(), Optional.empty());

  private static final double MOST_WATTS = 1e5;
  private static final Set<String> KEYS = Set.of("watts", "idle", "memory", "source", "carbon");
  private static final Set<String> CARBON = Set.of("grams_per_kwh", "year", "source", "region");

  /// Two bounds of a power, in watts.
  public record Watts(double low, double high) {
    static final Watts NONE = new Watts(0, 0);
  }

  /// A declared power.
  ///
  /// @param processors all of them at work
  /// @param idle the machine at rest: at least the share of it that works, at most all of it
  /// @param memory a GiB that is held
  /// @param source who says so
  public record Power(Watts processors, Watts idle, Watts memory, String source) {}

  /// A carbon intensity, with where it comes from.
  ///
  /// @param region empty where none is told
  public record Carbon(double gramsPerKwh, int year, String source, String region) {}

  /// Of a workspace: of its file, and without one of `IMAGO_TDP_WATTS`.
  ///
  /// @throws ConfigException naming the file and the key, for what cannot be taken
  public static EnergySettings of(Path workspace) {
    return of(workspace.resolve(FILE), System.getenv().getOrDefault(Energy.DECLARED, ""));
  }

  static EnergySettings of(Path file, String declared) {
    if (!Files.exists(file)) {
      double watts = Energy.watts(declared);
      return watts == 0
          ? NONE
          : new EnergySettings(
              Optional.of(
                  new Power(
                      new Watts(watts, watts),
                      Watts.NONE,
                      Watts.NONE,
                      Energy.DECLARED + "=" + declared)),
              Optional.empty());
    }
    try {
      JsonNode tree = new YAMLMapper().readTree(Files.readString(file));
      known(file, "", tree, KEYS);
      for (String key : List.of("idle", "memory", "source")) {
        if (tree.has(key) && !tree.has("watts")) {
          throw new ConfigException(
              "%s: %s belongs to watts, which is missing; give the watts of all processors at work"
                  .formatted(file, key));
        }
      }
      Watts watts = watts(file, tree, "watts");
      JsonNode carbon = tree.path("carbon");
      return new EnergySettings(
          tree.has("watts")
              ? Optional.of(
                  new Power(
                      watts,
                      watts(file, tree, "idle"),
                      watts(file, tree, "memory"),
                      text(file, tree, "", "source")))
              : Optional.empty(),
          carbon.isMissingNode() ? Optional.empty() : Optional.of(carbon(file, carbon)));
    } catch (JacksonException e) {
      throw new ConfigException("%s: not YAML (%s)".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new ConfigException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void known(Path file, String within, JsonNode node, Set<String> keys) {
    if (!node.isObject()) {
      throw new ConfigException(
          "%s: %s has keys: %s".formatted(file, within.isEmpty() ? "it" : within, keys));
    }
    for (String key : node.propertyNames()) {
      if (!keys.contains(key)) {
        throw new ConfigException(
            "%s: no such key as «%s%s»%s"
                .formatted(
                    file, within.isEmpty() ? "" : within + ".", key, Nearest.hint(key, keys)));
      }
    }
  }

  private static Carbon carbon(Path file, JsonNode node) {
    known(file, "carbon", node, CARBON);
    JsonNode grams = node.path("grams_per_kwh");
    JsonNode year = node.path("year");
    if (!grams.isNumber() || !year.isInt()) {
      throw new ConfigException(
          "%s: carbon needs grams_per_kwh and year, such as {grams_per_kwh: 380, year: 2024, source: …}"
              .formatted(file));
    }
    Bounds.number("carbon.grams_per_kwh", grams.doubleValue(), 0, 5000);
    Bounds.whole("carbon.year", year.intValue(), 1990, 2100);
    return new Carbon(
        grams.doubleValue(),
        year.intValue(),
        text(file, node, "carbon.", "source"),
        node.path("region").asString(""));
  }

  private static String text(Path file, JsonNode node, String within, String key) {
    String text = node.path(key).asString("").strip();
    if (text.isEmpty()) {
      throw new ConfigException(
          "%s: %s%s is missing: say where the numbers come from, a data sheet or a meter"
              .formatted(file, within, key));
    }
    return text;
  }

  private static Watts watts(Path file, JsonNode tree, String key) {
    JsonNode node = tree.path(key);
    if (node.isMissingNode()) {
      return Watts.NONE;
    }
    List<JsonNode> bounds = node.isArray() ? node.valueStream().toList() : List.of(node, node);
    if (bounds.size() != 2 || bounds.stream().anyMatch(each -> !each.isNumber())) {
      throw new ConfigException(
          "%s: %s = %s is no range of watts: write [low, high], or one number"
              .formatted(file, key, node));
    }
    double low = bounds.getFirst().doubleValue();
    double high = bounds.getLast().doubleValue();
    Bounds.number(key, low, 0, MOST_WATTS);
    Bounds.number(key, high, low, MOST_WATTS, "the lower bound comes first");
    return new Watts(low, high);
  }
}
