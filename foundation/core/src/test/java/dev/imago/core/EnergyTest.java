package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Joules as Linux's powercap counts them, or as they are declared.
final class EnergyTest {
  @TempDir Path powercap;

  private void counts(String name, long microjoules, long range) throws Exception {
    Path folder = Files.createDirectories(powercap.resolve(name));
    Files.writeString(folder.resolve("energy_uj"), microjoules + "\n");
    Files.writeString(folder.resolve("max_energy_range_uj"), range + "\n");
  }

  @Test
  void packagesAreCountedTogetherAndThroughTheTurnOfACounter() throws Exception {
    counts("intel-rapl:0", 1_000_000, 10_000_000);
    counts("intel-rapl:1", 9_000_000, 10_000_000);
    counts("intel-rapl:0:0", 5, 10_000_000); // a part of a package, in its sum already
    counts("intel-rapl:2", 7, 10_000_000);
    Files.writeString(powercap.resolve("intel-rapl:2/name"), "psys\n"); // the packages among it
    var energy = new Energy(powercap, "65", 1);
    assertEquals(Optional.of("energyJoules"), energy.figure());
    counts("intel-rapl:0", 3_500_000, 10_000_000);
    counts("intel-rapl:1", 1_000_000, 10_000_000);
    counts("intel-rapl:2", 9_000_000, 10_000_000);
    assertEquals(2.5 + 2, energy.joules(1), 1e-9);
    counts("intel-rapl:0", 4_000_000, 10_000_000);
    assertEquals(5, energy.joules(2), 1e-9);
  }

  @Test
  void withoutCountersADeclaredPowerGivesAnEstimateThatSaysSo() {
    var energy = new Energy(powercap.resolve("none"), "65", 0.5);
    assertEquals(Optional.of("energyJoulesEstimated"), energy.figure());
    assertEquals(325, energy.joules(10), 1e-9);
    assertEquals(Optional.empty(), new Energy(powercap, "", 1).figure());
  }

  @Test
  void aPowerThatIsNoNumberAboveZeroIsRefusedByName() {
    for (String none : new String[] {"much", "-3", "NaN", "0", "Infinity"}) {
      var e = assertThrows(ConfigException.class, () -> new Energy(powercap, none, 1));
      assertTrue(e.getMessage().startsWith("IMAGO_TDP_WATTS = " + none + " is no"), e.getMessage());
    }
  }
}
