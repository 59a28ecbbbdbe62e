package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is declared of power and electricity, and what is made of it.
final class EnergySettingsTest {
  @TempDir Path folder;
  private EnergyUse last;

  private EnergySettings of(String yaml) throws Exception {
    Path file = folder.resolve(EnergySettings.FILE);
    Files.writeString(file, yaml);
    return EnergySettings.of(file, "");
  }

  @Test
  void anEstimateLiesBetweenTheBoundsOfWhatIsDeclared() throws Exception {
    EnergySettings settings =
        of(
            """
            watts: [40, 80]
            idle: [10, 20]
            memory: 0.5
            source: data sheet
            carbon: {grams_per_kwh: 360, year: 2024, source: the grid, region: DE}
            """);
    var nanos = new AtomicLong();
    var cpu = new AtomicLong();
    try (var meter = EnergyMeter.of(settings, folder, nanos::get, cpu::get, () -> 2L << 30, 4)) {
      nanos.set(100_000_000_000L);
      cpu.set(200_000_000_000L); // two of four processors
      EnergyUse used = meter.used().orElseThrow();
      assertEquals(50 * 40 + 50 * 10 + 200 * 0.5, used.low(), 1e-6);
      assertEquals(50 * 80 + 100 * 20 + 200 * 0.5, used.high(), 1e-6);
      assertFalse(used.counted());
      assertEquals("data sheet", used.source());
      EnergySettings.Carbon carbon = settings.carbon().orElseThrow();
      assertEquals(used.low() / 1e4, used.gramsLow(carbon), 1e-9); // 360 g / 3.6 MJ
      assertEquals("2.60 to 6.10 kJ, estimated (data sheet)", used.text());
      assertEquals(2 * used.high(), used.plus(used).high(), 1e-9);
    }
  }

  @Test
  void withoutCountersAndDeclarationNothingIsKnown() throws Exception {
    try (var meter = EnergyMeter.of(EnergySettings.NONE, folder, () -> 9, () -> 9, () -> 9, 1)) {
      assertTrue(meter.used().isEmpty());
    }
    EnergySettings env = EnergySettings.of(folder.resolve("none.yaml"), "65");
    assertEquals("IMAGO_TDP_WATTS=65", env.power().orElseThrow().source());
  }

  @Test
  void countersAreBelievedBeforeADeclaration() throws Exception {
    Path counter = Files.createDirectories(folder.resolve("intel-rapl:0"));
    Files.writeString(counter.resolve("energy_uj"), "1000000");
    try (var meter =
        EnergyMeter.of(of("{watts: 5, source: x}"), folder, () -> 0, () -> 0, () -> 0, 1)) {
      Files.writeString(counter.resolve("energy_uj"), "4000000");
      assertEquals(new EnergyUse(3, 3, true, EnergyUse.RAPL), meter.used().orElseThrow());
    }
  }

  /// A part of a run that took some seconds at five watts.
  private void part(String run, boolean goesOn, int seconds, boolean told) throws Exception {
    var now = new AtomicLong();
    try (var energy =
        RunEnergy.begin(
            EnergyMeter.of(of("{watts: 5, source: x}"), folder, now::get, now::get, () -> 0, 1),
            folder,
            run,
            goesOn,
            true)) {
      now.set(seconds * 1_000_000_000L);
      if (told) {
        energy.keep();
      }
      last = energy.used().orElseThrow();
    }
  }

  @Test
  void aGpuCountsFromWhenTheWorkComesToIt() throws Exception {
    var now = new AtomicLong();
    var card = new AtomicLong(7_000);
    IntFunction<OptionalLong> gpus =
        gpu -> gpu == 1 ? OptionalLong.of(card.get()) : OptionalLong.empty();
    EnergySettings declared = of("{watts: 5, source: x}");
    for (EnergySettings settings : List.of(declared, EnergySettings.NONE)) {
      now.set(0);
      try (var meter = EnergyMeter.of(settings, folder, now::get, now::get, () -> 0, 1, gpus)) {
        now.set(2_000_000_000L);
        boolean known = settings.power().isPresent();
        assertEquals(known, meter.used().isPresent());
        meter.alsoOf(1);
        card.addAndGet(3_000);
        EnergyUse used = meter.used().orElseThrow();
        assertEquals(known ? 13 : 3, used.high(), 1e-9);
        assertEquals(
            known ? "x; NVML of the GPU" : "NVML of the GPU; of the processors nothing is known",
            used.source());
        meter.alsoOf(0); // it does not tell
        assertTrue(meter.used().orElseThrow().source().endsWith("of a GPU nothing is known"));
      }
    }
    assertTrue(GpuEnergy.millijoules(99).isEmpty());
  }

  @Test
  void aRunThatGoesOnTellsTheEnergyOfAllItsParts() throws Exception {
    part("a", false, 10, true);
    assertEquals(50, last.high(), 1e-9);
    assertEquals(50, RunEnergy.lastWord(folder, "a").orElseThrow().high(), 1e-9);
    assertTrue(RunEnergy.lastWord(folder, "b").isEmpty());
    part("b", true, 4, true);
    assertEquals(70, last.high(), 1e-9);
    assertEquals("x", last.source());
    part("c", true, 4, false); // killed before it said a word
    part("d", true, 2, true);
    assertEquals(80, last.high(), 1e-9);
    part("e", false, 1, true); // it begins anew, and what was taken for it was taken
    assertEquals(85, last.high(), 1e-9);
    Files.writeString(folder.resolve("energy.json"), "{");
    part("f", true, 1, true);
    assertEquals("x; of an earlier part nothing is known", last.source());
  }

  @Test
  void whatCannotBeTakenIsRefusedByName() {
    Map<String, String> wrong =
        Map.of(
            "watts: [80, 40]\nsource: x", "watts = 40 is outside 80",
            "watts: much\nsource: x", "watts = \"much\" is no range of watts",
            "watts: [1, 2]", "source is missing",
            "wats: 5", "no such key as «wats»; did you mean «watts»?",
            "carbon: {grams_per_kwh: 300}", "carbon needs grams_per_kwh and year",
            "carbon: {grams_per_kwh: 300, year: 2024}", "carbon.source is missing",
            "watts: [1", "not YAML",
            "5", "it has keys");
    wrong.forEach(
        (yaml, message) -> {
          var e = assertThrows(ConfigException.class, () -> of(yaml));
          assertTrue(
              String.valueOf(e.getMessage()).contains(message), yaml + ": " + e.getMessage());
        });
  }
}
