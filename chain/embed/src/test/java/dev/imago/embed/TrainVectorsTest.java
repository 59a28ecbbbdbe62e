package dev.imago.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import dev.imago.vectors.OutputLoss;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.VectorKind;
import dev.imago.vectors.VectorUnit;
import dev.imago.vectors.WordVectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainVectorsTest {
  @TempDir Path folder;
  private Corpus corpus;

  @BeforeEach
  void write() throws Exception {
    Path path = Files.createDirectory(folder.resolve("corpus"));
    for (Split split : Split.values()) {
      try (var writer = new Documents.Writer(path, split.fileName())) {
        for (int i = 0; i < 20; i++) {
          writer.write(
              new Document(
                  split.fileName() + i,
                  "Red green blue red\n\n我爱北京 blue green\n",
                  "made",
                  Map.of()));
        }
      }
    }
    corpus = new Corpus(new Ref("corpus", "0".repeat(64)), path);
  }

  private TrainVectors.Config config(VectorKind kind, VectorUnit unit, boolean free, String pairs) {
    return new TrainVectors.Config(
        kind,
        unit,
        true,
        OutputLoss.NEGATIVE_SAMPLING,
        8,
        3,
        2,
        2,
        3,
        List.of(2, 4),
        50,
        0,
        0.05,
        0,
        100,
        free,
        "",
        pairs);
  }

  @ParameterizedTest
  @CsvSource({"SKIP_GRAM, WORDS", "CBOW, CHINESE_WORDS", "GLOVE, CHARACTERS"})
  void aCorpusBecomesVectorsOfItsUnit(VectorKind kind, VectorUnit unit) throws Exception {
    Path pairs = Files.writeString(folder.resolve("p.tsv"), "red\tgreen\t5\nred\tblue\t2\n");
    var run = new FakeRun(Files.createDirectory(folder.resolve("run")), 2);
    Path made =
        new TrainVectors()
            .run(new TrainVectors.Inputs(corpus), config(kind, unit, false, pairs.toString()), run)
            .vectors()
            .folder();
    WordVectors vectors = VectorFile.read(made.resolve("vectors.bin"));
    assertEquals(unit != VectorUnit.CHARACTERS, vectors.id("red") >= 0);
    assertEquals(unit == VectorUnit.CHINESE_WORDS, vectors.id("北京") >= 0);
    assertEquals(unit == VectorUnit.CHARACTERS, vectors.id("京") >= 0);
    assertEquals(kind != VectorKind.GLOVE, Files.exists(made.resolve("model.bin")));
    if (kind != VectorKind.GLOVE) {
      assertArrayEquals(
          vectors.vector("red").orElseThrow(),
          VectorFile.read(made.resolve("model.bin")).vector("red").orElseThrow());
    }
    assertTrue(run.tables().containsKey("similarities"));
  }

  @Test
  void lockFreeIsMarked() throws Exception {
    var run = new FakeRun(Files.createDirectory(folder.resolve("run")), 2);
    new TrainVectors()
        .run(
            new TrainVectors.Inputs(corpus),
            config(VectorKind.SKIP_GRAM, VectorUnit.WORDS, true, ""),
            run);
    assertTrue(run.notes().stream().anyMatch(n -> n.contains("lock-free on 2")), "" + run.notes());
  }

  @Test
  void whatIsImpossibleOrMissingIsTold() throws Exception {
    assertThrows(ConfigException.class, () -> config(VectorKind.GLOVE, VectorUnit.WORDS, true, ""));
    var stage = new TrainVectors();
    assertThrows(
        ConfigException.class,
        () -> stage.check(config(VectorKind.CBOW, VectorUnit.WORDS, false, "nowhere.tsv")));
    assertFalse(
        stage.external(config(VectorKind.CBOW, VectorUnit.WORDS, false, "nowhere.tsv")).isEmpty());
    Path wrong = Files.writeString(folder.resolve("w.tsv"), "red\tgreen\t5\nred blue\n");
    var run = new FakeRun(Files.createDirectory(folder.resolve("run")), 1);
    assertThrows(
        InputException.class,
        () ->
            stage.run(
                new TrainVectors.Inputs(corpus),
                config(VectorKind.CBOW, VectorUnit.WORDS, false, wrong.toString()),
                run));
  }
}
