package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What work takes of energy: what the processor's own counters say (RAPL, of whole packages, other
/// programs included), or else a declared estimate.
///
/// Linux's powercap: `intel-rapl:N/energy_uj` counts microjoules and begins anew at
/// `max_energy_range_uj`; AMD's processors have it under the same name.
public final class Energy {
  static final Path POWERCAP = Path.of("/sys/class/powercap");

  /// The environment's variable that declares what the processors take at work.
  static final String DECLARED = "IMAGO_TDP_WATTS";

  private final List<Path> packages;
  private final double watts;
  private final Map<Path, Long> before = new LinkedHashMap<>();
  private double joules;

  /// Of this machine.
  ///
  /// @param share of the processors that are at work
  public static Energy ofMachine(double share) {
    return new Energy(POWERCAP, System.getenv().getOrDefault(DECLARED, ""), share);
  }

  /// @param declared watts of all processors; blank declares nothing
  /// @throws ConfigException where they are no number above 0
  Energy(Path powercap, String declared, double share) {
    this.packages = packages(powercap);
    this.watts = watts(declared) * share;
    packages.forEach(p -> count(p).ifPresent(n -> before.put(p, n)));
  }

  /// @return 0 where nothing is declared
  static double watts(String declared) {
    if (declared.isBlank()) {
      return 0;
    }
    try {
      double watts = Double.parseDouble(declared);
      if (Double.isFinite(watts) && watts > 0) {
        return watts;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new ConfigException(
        "%s = %s is no number of watts above 0, such as 65; correct it, or unset it for no estimate"
            .formatted(DECLARED, declared));
  }

  private static List<Path> packages(Path powercap) {
    if (!Files.isDirectory(powercap)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(powercap)) {
      return files
          .filter(f -> f.getFileName().toString().matches("intel-rapl:\\d+"))
          .filter(f -> !isPlatform(f))
          .filter(f -> count(f).isPresent())
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// Whether it counts the whole machine (`psys`), in which the packages are counted again.
  private static boolean isPlatform(Path folder) {
    try {
      return Files.readString(folder.resolve("name")).strip().equals("psys");
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Long> count(Path folder) {
    return number(folder.resolve("energy_uj"));
  }

  private static Optional<Long> number(Path file) {
    try {
      return Optional.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // root's alone, on many systems
    }
  }

  /// How it is called in `metrics.jsonl`: an estimate says so. Nothing where neither is known.
  public Optional<String> figure() {
    return packages.isEmpty()
        ? watts > 0 ? Optional.of("energyJoulesEstimated") : Optional.empty()
        : Optional.of("energyJoules");
  }

  /// Joules since the beginning. Called at least once for each turn of a counter: of 262 kJ, which
  /// is 40 minutes at 100 W.
  ///
  /// @param seconds since the beginning
  public double joules(double seconds) {
    if (packages.isEmpty()) {
      return watts * seconds;
    }
    for (Path one : packages) {
      long now = count(one).orElse(before.getOrDefault(one, 0L));
      long turned = now - before.getOrDefault(one, now);
      long range = turned < 0 ? number(one.resolve("max_energy_range_uj")).orElse(-turned) : 0;
      joules += (turned + range) / 1e6;
      before.put(one, now);
    }
    return joules;
  }
}
