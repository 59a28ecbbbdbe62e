package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.core.EnvironmentException;
import dev.imago.data.Document;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What labellers need of the runtime.
class LabellersTest {
  private static final Map<String, String> PROSE = Map.of("kind", "prose", "language", "en");
  private static final Map<String, String> JAVA = Map.of("kind", "code", "language", "java");

  /// Tells what a runtime without a compiler is told.
  static final class WithoutCompiler {
    private WithoutCompiler() {}

    public static void main(String[] arguments) {
      try {
        var labellers = new Labellers(Annotate.Config.defaults());
        var prose = new Document("1", "One day it rained. Then it was dry.", "a.txt", PROSE);
        System.out.println("pairs: " + labellers.label(List.of(prose)).getFirst().pairs().size());
        labellers.label(List.of(new Document("2", "class A {}", "A.java", JAVA)));
      } catch (EnvironmentException e) {
        System.out.println("told: " + e.getMessage());
      }
    }
  }

  @Test
  void aRuntimeWithoutCompilerLabelsProseAndIsToldWhatReadsJava() throws Exception {
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
    assertEquals(
        "pairs: 1\n"
            + "told: this Java runtime has no compiler (module jdk.compiler), which reads A.java;"
            + " run with a whole JDK 25",
        said.strip());
  }

  @Test
  void aWholeJdkHasBoth() {
    assertEquals(
        List.of("java-doc", "continuation"), new Labellers(Annotate.Config.defaults()).names());
  }
}
