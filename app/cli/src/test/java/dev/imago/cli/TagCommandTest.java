package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands of taggers, as a person would chain them.
class TagCommandTest {
  @TempDir Path folder;
  private Path rows;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    rows =
        Files.writeString(
            folder.resolve("rows.txt"),
            "the DT B-NP\ndog NN I-NP\nbarks VB B-VP\n\ncats NN B-NP\nsleep VB B-VP\n\n"
                .repeat(20));
    Files.writeString(folder.resolve("odd.txt"), "the DT B-NP\ndog NN\n");
    Files.writeString(folder.resolve("words.txt"), "the\ncats\nsleep\n\ndog\n");
    Files.writeString(folder.resolve("bad.template"), "U00:%x[0,0]\nQ\n");
    model = folder.resolve("m.tagger");
  }

  @Test
  void whatIsTrainedIsTestedAndUsed() throws IOException {
    Said trained = imago("tag", "train", rows, "--out", model, "--threads", 2);
    assertEquals(0, trained.exit(), trained.err());
    String tested = imago("tag", "test", model, rows).out();
    assertTrue(tested.startsWith("accuracy 1.0000 of 100 rows\nall\t"), tested);
    assertTrue(tested.contains("NP\tprecision 1.0000\trecall 1.0000\tF1 1.0000"), tested);
    Path asked = Files.writeString(folder.resolve("asked.txt"), "the DT\ncats NN\n\nbarks VB\n");
    assertEquals(
        "the DT B-NP\ncats NN I-NP\n\nbarks VB B-VP\n\n",
        imago("tag", "predict", model, asked).out());
    assertTrue(
        imago("tag", "predict", model, asked, "--marginals")
            .out()
            .lines()
            .findFirst()
            .orElseThrow()
            .matches("the DT B-NP [01]\\.\\d{4}"));
  }

  @Test
  void hiddenStatesAreFoundInWordsAlone() {
    Path words = folder.resolve("words.txt");
    Said trained = imago("tag", "train", words, "--kind", "hmm", "--states", 2, "--out", model);
    assertEquals(0, trained.exit(), trained.err());
    assertTrue(imago("tag", "predict", model, words).out().startsWith("the "), "");
  }

  @Test
  void foldsTellHowWellUnseenRowsAreTold() {
    Said told = imago("tag", "train", rows, "--kind", "hmm", "--folds", 4);
    assertEquals(0, told.exit(), told.err());
    assertTrue(told.out().startsWith("accuracy 1.0000 of 100 rows\nall\t"), told.out());
  }

  @Test
  void aFilesEndEndsASequence() throws IOException {
    Path model = folder.resolve("m.tagger");
    assertEquals(0, imago("tag", "train", rows, "--out", model).exit());
    Path one = Files.writeString(folder.resolve("one.txt"), "the DT\ndog NN\n");
    assertEquals(
        "the DT B-NP\ndog NN I-NP\n\n".repeat(2), imago("tag", "predict", model, one, one).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train ODD --out M | 3 | odd.txt, line 2 has 2 columns and those before 3",
        "train WORDS --out M | 3 | where a word and its tag are asked for",
        "train ROWS --out M --template BAD | 2 | template line 2: «Q»",
        "train ROWS | 2 | nothing is asked for: give --out, --folds or both",
        "train ROWS --folds 41 | 2 | --folds = 41 is outside 2 … 40",
        "train WORDS --kind hmm --states 2 --folds 2 | 2 | --states has none",
        "train ROWS --out M --penalty -1 | 2 | penalty = -1.0 is outside",
        "train ROWS --out M --states 3 | 2 | --states is for --kind hmm",
        "train ROWS --out M --kind hmm --penalty 2 | 2 | --penalty is for --kind crf",
        "train ROWS --out M --kind hmm --iterations 3 | 2 | counting takes one pass",
        "train ROWS --out M --seed 3 | 2 | --seed is for --states",
        "train nothing.txt --out M | 3 | does not exist",
        "test ROWS ROWS | 3 | it is no tagger",
      })
  void whatIsWrongIsToldWithItsMend(String line, int exit, String told) {
    String[] words = ("tag " + line).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          switch (words[i]) {
            case "ROWS" -> rows.toString();
            case "ODD" -> folder.resolve("odd.txt").toString();
            case "WORDS" -> folder.resolve("words.txt").toString();
            case "BAD" -> folder.resolve("bad.template").toString();
            case "M" -> model.toString();
            default -> words[i];
          };
    }
    Said said = imago((Object[]) words);
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(told), said.err());
  }
}
