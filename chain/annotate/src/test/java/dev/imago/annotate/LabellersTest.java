package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What labellers need of the runtime.
class LabellersTest {
  /// Tells what a runtime without a compiler is told.
  static final class WithoutCompiler {
    private WithoutCompiler() {}

    public static void main(String[] arguments) {
      try {
        System.out.println(new Labellers(Annotate.Config.defaults()).names());
      } catch (EnvironmentException e) {
        System.out.println("told: " + e.getMessage());
      }
    }
  }

  @Test
  void aRuntimeWithoutCompilerIsToldWhatToRunWith() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.se",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutCompiler.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(
        said.startsWith("told: this Java runtime has no compiler (module jdk.compiler)"), said);
  }

  @Test
  void aWholeJdkHasBoth() {
    assertEquals(
        List.of("java-doc", "continuation"), new Labellers(Annotate.Config.defaults()).names());
  }
}
