package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.corpus.CorpusRules;
import dev.imago.fixtures.FakeRun;
import dev.imago.prepare.PrepareEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the program that runs on Spark is found, started and listened to. What it computes is tested
/// beside it (`engines/spark`), where Spark is.
class SparkEngineTest {
  @TempDir Path root;

  private String missing(Map<String, String> environment) {
    return String.valueOf(
        assertThrows(EnvironmentException.class, () -> SparkEngine.find(root, environment, 1))
            .getMessage());
  }

  @Test
  void whatIsMissingIsToldWithWhatBringsIt() throws Exception {
    assertTrue(missing(Map.of()).contains("mvn -Pspark -pl engines/spark"), missing(Map.of()));
    Path built = Files.createDirectories(root.resolve("engines/spark/target"));
    Files.createFile(built.resolve("imago-spark.jar"));
    assertTrue(missing(Map.of()).contains("set SPARK_HOME"), missing(Map.of()));
    Map<String, String> wrong = Map.of("SPARK_HOME", root.toString());
    assertEquals(
        "SPARK_HOME = %s has no folder jars; name an unpacked Spark 4, or unset it".formatted(root),
        missing(wrong));
  }

  /// A program in its place, which says what it is told to and writes what it is asked for.
  private SparkEngine saying(String source) throws Exception {
    Path built = Files.createDirectories(root.resolve("engines/spark/target"));
    Path jars = Files.createDirectories(built.resolve("spark-jars"));
    Path file =
        Files.createDirectories(root.resolve("src/dev/imago/spark")).resolve("PrepareOnSpark.java");
    Files.writeString(file, source);
    int status =
        javax.tools.ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", jars.toString(), file.toString());
    assertEquals(0, status);
    // A jar that holds nothing but where the class is.
    var manifest = new java.util.jar.Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Class-Path", "spark-jars/");
    try (var out = Files.newOutputStream(built.resolve("imago-spark.jar"))) {
      new java.util.jar.JarOutputStream(out, manifest).close();
    }
    return SparkEngine.find(root, Map.of(), 1);
  }

  @Test
  void whatTheProgramSaysIsToldTheRunAndItsErrorsAreErrors() throws Exception {
    SparkEngine engine =
        saying(
            """
            package dev.imago.spark;
            import java.nio.file.*;
            public class PrepareOnSpark {
              public static void main(String[] words) throws Exception {
                var said = java.util.List.of(words);
                if (!Files.readString(Path.of(words[0])).contains("heldoutFraction")) {
                  System.exit(1);
                }
                if (said.toString().contains("nothing")) {
                  System.out.println("{\\"error\\": \\"none is left\\", \\"exit\\": 3}");
                  System.exit(3);
                }
                System.out.println("{\\"step\\": \\"judge\\"}");
                System.out.println("a library's words");
                System.out.println("{\\"note\\": \\"all is well\\"}");
                System.out.println(
                    "{\\"table\\": \\"T\\", \\"header\\": [\\"a\\"], \\"rows\\": [[\\"b\\"]]}");
                Path out =
                    Path.of(java.net.URI.create(said.get(said.indexOf("--output") + 1)));
                for (String side : new String[] {"corpus", "rejects"}) {
                  Files.createDirectories(out.resolve(side));
                  Files.writeString(out.resolve(side).resolve(side + ".txt"), side);
                }
              }
            }
            """);
    var run = new FakeRun(root.resolve("run"), 1);
    engine.prepare(request("raw"), run);
    assertEquals(List.of("all is well"), run.notes());
    assertEquals(List.of(List.of("b")), run.tables().get("T"));
    assertEquals("corpus", Files.readString(root.resolve("corpus/corpus.txt")));
    assertEquals("rejects", Files.readString(root.resolve("rejects/rejects.txt")));
    var none = assertThrows(InputException.class, () -> engine.prepare(request("nothing"), run));
    assertEquals("none is left", none.getMessage());
  }

  private PrepareEngine.Request request(String raw) throws Exception {
    return new PrepareEngine.Request(
        root.resolve(raw),
        List.of(),
        CorpusRules.defaults(),
        root.resolve("forgotten.txt"),
        Files.createDirectories(root.resolve("corpus")),
        Files.createDirectories(root.resolve("rejects")));
  }
}
