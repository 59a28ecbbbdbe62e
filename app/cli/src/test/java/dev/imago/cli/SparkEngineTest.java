package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.corpus.CorpusRules;
import dev.imago.fixtures.FakeRun;
import dev.imago.prepare.PrepareEngine;
import dev.imago.spark.PrepareOnSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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

  /// With a jar that holds nothing but where the program's stand-in is.
  private SparkEngine standIn() throws Exception {
    Path built = Files.createDirectories(root.resolve("engines/spark/target"));
    Files.createDirectories(built.resolve("spark-jars"));
    var manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest
        .getMainAttributes()
        .putValue(
            "Class-Path",
            PrepareOnSpark.class.getProtectionDomain().getCodeSource().getLocation().toString());
    try (var out = Files.newOutputStream(built.resolve("imago-spark.jar"))) {
      new JarOutputStream(out, manifest).close();
    }
    return SparkEngine.find(root, Map.of(), 1);
  }

  @Test
  void whatTheProgramSaysIsToldTheRunAndItsErrorsAreErrors() throws Exception {
    SparkEngine engine = standIn();
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
