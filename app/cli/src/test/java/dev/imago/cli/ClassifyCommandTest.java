package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands of linear classifiers, as a person would chain them.
class ClassifyCommandTest {
  @TempDir Path folder;
  private Path rows;

  @BeforeEach
  void write() throws IOException {
    var lines = new StringBuilder("label,review\n");
    for (int i = 0; i < 20; i++) {
      lines.append("good,\"a fine film, number %d\"\nbad,a dull film %d\n".formatted(i, i));
    }
    rows = Files.writeString(folder.resolve("rows.csv"), lines);
    Files.writeString(folder.resolve("lines.txt"), "a fine film\na dull one\n");
    Files.writeString(
        folder.resolve("latin.txt"), "__label__a caf\u00e9\n", StandardCharsets.ISO_8859_1);
    Files.writeString(folder.resolve("one.jsonl"), "{\"text\": \"a\", \"label\": \"x\"}\n");
  }

  @Test
  void whatIsTrainedIsTestedAndUsed() throws IOException {
    Path model = folder.resolve("model.linear");
    Said trained = imago("classify", "train", rows, "--out", model, "--folds", 4);
    assertEquals(0, trained.exit(), trained.err());
    assertEquals("accuracy 1.0000 of 40 texts in 4 folds\n", trained.out());
    String tested = imago("classify", "test", model, rows).out();
    assertTrue(tested.startsWith("accuracy 1.0000\n"), tested);
    Path texts = Files.writeString(folder.resolve("texts.txt"), "how dull\na fine one\n");
    String told = imago("classify", "predict", model, texts).out();
    assertTrue(told.startsWith("bad\t0."), told);
    assertTrue(told.lines().toList().getLast().matches("good\\t0\\.\\d{4}\\ta fine one"), told);
  }

  @Test
  void fastTextsKindIsTrainedTestedAndUsed() throws IOException {
    Path model = folder.resolve("model.bin");
    Said trained =
        imago(
            "classify",
            "train",
            rows,
            "--kind",
            "fasttext",
            "--out",
            model,
            "--folds",
            4,
            "--dimension",
            8,
            "--buckets",
            100);
    assertEquals(0, trained.exit(), trained.err());
    assertEquals("accuracy 1.0000 of 40 texts in 4 folds\n", trained.out());
    assertTrue(imago("classify", "test", model, rows).out().startsWith("accuracy 1.0000\n"));
    Path lines =
        Files.writeString(folder.resolve("lines"), "__label__good fine\n__label__bad dull\n");
    assertTrue(imago("classify", "test", model, lines).out().startsWith("accuracy 1.0000\n"));
    Said tuned =
        imago(
            "classify",
            "train",
            rows,
            "--kind",
            "fasttext",
            "--out",
            model,
            "--tune",
            1,
            "--dimension",
            4,
            "--buckets",
            300,
            "--quantize",
            0);
    assertEquals(0, tuned.exit(), tuned.err());
    assertTrue(tuned.err().contains("tuned in "), tuned.err());
  }

  @Test
  void classesOfSeveralWordsAreFastTextsToo() throws IOException {
    Path wide =
        Files.writeString(
            folder.resolve("wide.csv"),
            Files.readString(rows).replace("good,", "very good,").replace("bad,", "not good,"));
    Path model = folder.resolve("model.bin");
    Said trained =
        imago(
            "classify",
            "train",
            wide,
            "--kind",
            "fasttext",
            "--folds",
            2,
            "--out",
            model,
            "--dimension",
            4,
            "--buckets",
            100);
    assertEquals("accuracy 1.0000 of 40 texts in 2 folds\n", trained.out(), trained.err());
    assertTrue(imago("classify", "test", model, wide).out().startsWith("accuracy 1.0000\n"));
  }

  @Test
  void aTextMayHaveSeveralLabels() throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("several.txt"),
            "__label__film __label__good a fine film\n__label__book a long book\n".repeat(20));
    Path model = folder.resolve("model.bin");
    Said trained =
        imago(
            "classify",
            "train",
            lines,
            "--kind",
            "fasttext",
            "--loss",
            "one_against_all",
            "--out",
            model,
            "--dimension",
            8,
            "--epochs",
            60,
            "--buckets",
            100);
    assertEquals(0, trained.exit(), trained.err());
    assertEquals(
        "precision 1.0000\nrecall 0.6667\n40 texts, 60 labels\n",
        imago("classify", "test", model, lines).out());
    Path asked = Files.writeString(folder.resolve("asked.txt"), "fine film\nlong book\n");
    String told =
        imago("classify", "predict", model, asked, "--count", 3, "--threshold", 0.5).out();
    assertTrue(
        told.lines().findFirst().orElseThrow().matches("(film|good)\t[01]\\.\\d+\t(film|good)\t.*"),
        told);
    assertTrue(told.lines().toList().getLast().matches("book\\t[01]\\.\\d+\\tlong book"), told);
    Said refused = imago("classify", "train", lines, "--out", folder.resolve("m.linear"));
    assertEquals(3, refused.exit());
    assertTrue(refused.err().contains("has the labels film, good"), refused.err());
  }

  @Test
  void fastTextsLinesMayBePacked() throws IOException {
    Path model = folder.resolve("model.linear");
    assertEquals(0, imago("classify", "train", rows, "--out", model).exit());
    Path lines = folder.resolve("lines.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(lines))) {
      out.write("__label__good fine\n__label__bad dull\n".getBytes(StandardCharsets.UTF_8));
    }
    Said said = imago("classify", "test", model, lines);
    assertTrue(said.out().startsWith("accuracy 1.0000\n"), said.out() + said.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train ROWS | 2 | give --out, --folds or both",
        "train ROWS --folds 1 | 3 | folds = 1 are outside 2 … 40",
        "train ROWS --folds 5 --words 0 | 2 | there are no features",
        "train ROWS --folds 5 --cost 0 | 2 | cost = 0.0 is not above 0",
        "train ROWS --folds 5 --characters 3 | 2 | such as 2,5",
        "train LATIN --folds 2 | 3 | is not UTF-8",
        "train ROWS --folds 2 --epochs 3 | 2 | --epochs is for --kind fasttext",
        "train ROWS --kind fasttext --folds 2 --quantize 0 | 2 | give --out too",
        "train ROWS --kind fasttext --folds 2 --tune -1 | 2 | --tune = -1 is outside 0",
        "train nothing.csv --folds 5 | 3 | does not exist",
        "train ROWS --folds 5 --text-field no | 3 | --text-field = «no» is no field",
        "train LINES --folds 5 | 3 | name them with --text-field and --label-field",
        "train ONE --folds 5 | 3 | texts = 1 cannot be parted",
        "train ROWS --penalty l1 --folds 2 | 2 | penalty = l1 is for logistic regression",
        "train ROWS --kind fasttext --folds 2 --cost 1 | 2 | --cost and --penalty are nothing to"
            + " fasttext",
        "train ROWS --kind fasttext --folds 2 --epochs 0 | 2 | epochs = 0 is outside 1",
        "test ROWS ROWS | 3 | it is no linear model",
      })
  void whatIsWrongIsToldWithItsMend(String line, int exit, String told) {
    String[] words = ("classify " + line).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          words[i]
              .replace("ROWS", rows.toString())
              .replace("LINES", folder.resolve("lines.txt").toString())
              .replace("LATIN", folder.resolve("latin.txt").toString())
              .replace("ONE", folder.resolve("one.jsonl").toString());
    }
    Said said = imago((Object[]) words);
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(told), said.err());
  }
}
