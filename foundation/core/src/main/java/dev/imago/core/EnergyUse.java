package dev.imago.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Energy that some work took: counted by the machine, or estimated between two bounds.
///
/// @param low joules at least
/// @param high joules at most; the same where they were counted
/// @param counted whether counters said it
/// @param source who says so: the counters, or what the declared power was taken from
public record EnergyUse(
    @JsonProperty("joules_low") double low,
    @JsonProperty("joules_high") double high,
    @JsonProperty("counted") boolean counted,
    @JsonProperty("source") String source) {
  /// The source of a sum of estimates: what was declared, each time.
  public static final String DECLARED = "declared power";

  /// The source of what Intel's and AMD's counters tell: of the processors, and of nothing else.
  public static final String RAPL = "RAPL of the processors";

  private static final double JOULES_PER_KWH = 3.6e6;

  public EnergyUse {
    if (!(low >= 0) || !(high >= low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "energy of %s to %s joules is none: it is 0 or more, the lower bound first"
              .formatted(low, high));
    }
    if (Objects.requireNonNullElse(source, "").isBlank()) {
      throw new IllegalArgumentException("energy of no source: say what counted or declared it");
    }
  }

  /// Between both bounds: to compare what was estimated alike.
  public double middle() {
    return (low + high) / 2;
  }

  /// A share of it, or a multiple.
  public EnergyUse times(double factor) {
    return new EnergyUse(low * factor, high * factor, counted, source);
  }

  /// Both together; counted only where both are.
  public EnergyUse plus(EnergyUse other) {
    return new EnergyUse(
        low + other.low,
        high + other.high,
        counted && other.counted,
        Stream.of(source, other.source)
            .flatMap(each -> Stream.of(each.split("; ")))
            .distinct()
            .collect(Collectors.joining("; ")));
  }

  /// The same where something of it is not known, which the source says then.
  EnergyUse lacking(String part) {
    return new EnergyUse(
        low,
        high,
        counted,
        source.contains("of " + part + " nothing")
            ? source
            : "%s; of %s nothing is known".formatted(source, part));
  }

  /// In words, such as `1.2 to 2.5 kJ, estimated (data sheet of the board)`.
  public String text() {
    double unit = high >= 1000 ? 1e3 : 1;
    String name = high >= 1000 ? "kJ" : "J";
    return counted
        ? String.format(Locale.ROOT, "%.3g %s, counted (%s)", high / unit, name, source)
        : String.format(
            Locale.ROOT, "%.3g to %.3g %s, estimated (%s)", low / unit, high / unit, name, source);
  }

  /// The sum of several; empty where there is none.
  public static Optional<EnergyUse> sum(List<EnergyUse> all) {
    return all.stream().reduce(EnergyUse::plus);
  }

  /// Grams of CO₂ at a carbon intensity, at least.
  public double gramsLow(EnergySettings.Carbon carbon) {
    return low / JOULES_PER_KWH * carbon.gramsPerKwh();
  }

  /// Grams of CO₂ at a carbon intensity, at most.
  public double gramsHigh(EnergySettings.Carbon carbon) {
    return high / JOULES_PER_KWH * carbon.gramsPerKwh();
  }
}
