package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.torch.Pools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the doctor says of threads.
class DoctorTest {
  private static final Pools HELD = new Pools(1, 1, 1, 1, 4);

  private static ThreadCheck check(Pools pools, Map<String, String> environment) {
    return new ThreadCheck(4, pools, environment);
  }

  @Test
  void onePoolThreadInEachOfOursIsWell() {
    ThreadCheck check = check(HELD, Map.of());
    assertEquals("", check.mend());
    assertEquals("4 of ours; in each 1 intra-op, 1 inter-op, 1 OpenMP, 1 OpenBLAS", check.value());
    assertTrue(
        check(new Pools(1, 1, 0, 0, 4), Map.of()).value().endsWith("no OpenMP, no OpenBLAS"));
  }

  @Test
  void aVariableThatIsOverruledIsSaidToHaveNoEffect() {
    ThreadCheck check = check(HELD, Map.of("OMP_NUM_THREADS", "8", "OPENBLAS_NUM_THREADS", "1"));
    assertEquals("", check.mend());
    assertTrue(check.value().endsWith("(OMP_NUM_THREADS=8 has no effect)"), check.value());
  }

  @Test
  void nestedPoolsAreToldWithBothVariables() {
    ThreadCheck check = check(new Pools(4, 1, 4, 4, 4), Map.of("OMP_NUM_THREADS", "4"));
    assertEquals(
        "two pools are nested and wait for each other: start with OPENBLAS_NUM_THREADS=1"
            + " OMP_NUM_THREADS=1 (now OMP_NUM_THREADS=4)",
        check.mend());
    assertFalse(check.value().contains("no effect"), check.value());
  }

  @Test
  void onePoolTooManyIsToldWithItsVariable() {
    assertEquals(
        "4 × 3 threads on 4 processors: start with OPENBLAS_NUM_THREADS=1",
        check(new Pools(1, 1, 1, 3, 4), Map.of("OMP_NUM_THREADS", "3")).mend());
    assertEquals(
        "4 × 8 threads on 4 processors: start with OMP_NUM_THREADS=1 (now OMP_NUM_THREADS=8)",
        check(new Pools(1, 1, 8, 1, 4), Map.of("OMP_NUM_THREADS", "8")).mend());
  }

  @Test
  void threadsBoundToOneProcessorAreTold() {
    Pools bound = new Pools(1, 1, 1, 1, 1);
    assertEquals(
        "the native libraries bind 4 threads to 1 of the processors: unset OMP_PROC_BIND",
        check(bound, Map.of("OMP_PROC_BIND", "true")).mend());
    assertTrue(check(bound, Map.of()).mend().endsWith("start with OMP_PROC_BIND=false"));
  }

  /// The libraries' own words, where the environment asks for everything that makes it slow; and a
  /// workspace below a file, which nobody can write.
  @Test
  void everyPoolIsHeldWhateverTheEnvironmentAsks(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    ProcessBuilder doctor = Tiny.process(file.resolve("below"), "doctor");
    doctor
        .environment()
        .putAll(
            Map.of(
                "OMP_NUM_THREADS", "8",
                "OPENBLAS_NUM_THREADS", "8",
                "OMP_PROC_BIND", "true",
                "GOMP_CPU_AFFINITY", "0"));
    Process process = doctor.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(4, process.waitFor(), said);
    String disk = said.lines().filter(l -> l.contains("disk  ")).findFirst().orElse(said);
    assertTrue(disk.contains("✗") && disk.contains("--workspace DIR"), said);
    String row = said.lines().filter(l -> l.contains("threads  ")).findFirst().orElse(said);
    assertTrue(row.contains("✓"), said);
    // A cell is wrapped to the terminal's width.
    String whole = said.replaceAll("\\s+", " ");
    assertTrue(whole.contains("in each 1 intra-op, 1 inter-op, 1 OpenMP, 1 OpenBLAS"), said);
    assertTrue(whole.contains("OMP_NUM_THREADS=8, OPENBLAS_NUM_THREADS=8"), said);
  }
}
