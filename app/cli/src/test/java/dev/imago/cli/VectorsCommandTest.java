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

/// The commands of word vectors, as a person would chain them.
class VectorsCommandTest {
  @TempDir Path folder;
  private Path text;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    text =
        Files.writeString(folder.resolve("text.txt"), "red green blue\none two three\n".repeat(60));
    Files.writeString(folder.resolve("bad.vec"), "2 2\na 1 2\nb 1\n");
    Files.writeString(folder.resolve("good.vec"), "2 2\na 1 2\nb 1 3\n");
    Files.writeString(folder.resolve("nan.vec"), "2 2\na 1 2\nb NaN 3\n");
    Files.write(
        folder.resolve("nan.w2v"),
        new byte[] {'1', ' ', '1', '\n', 'a', ' ', 0, 0, (byte) 0xc0, 0x7f, '\n'});
    Files.writeString(folder.resolve("short.tsv"), "a\tb\t1\n7\n");
    Files.write(folder.resolve("latin.tsv"), new byte[] {(byte) 0xe9, '\t', 'b', '\t', '1', '\n'});
    Files.writeString(folder.resolve("q.txt"), ": s\nred green one two\n");
    Files.writeString(folder.resolve("p.tsv"), "red\tgreen\t8\nred\ttwo\t1\n");
    model = folder.resolve("m.bin");
  }

  private Said train(Object... more) {
    var line =
        new java.util.ArrayList<Object>(
            java.util.List.of(
                "vectors",
                "train",
                text,
                "--out",
                model,
                "--dimension",
                6,
                "--buckets",
                50,
                "--epochs",
                3));
    line.addAll(java.util.List.of(more));
    return imago(line.toArray());
  }

  @Test
  void whatIsTrainedIsAskedMeasuredAndConverted() throws IOException {
    Said trained = train("--threads", 2);
    assertEquals(0, trained.exit(), trained.err());
    assertTrue(trained.err().contains("7 words of 6 numbers, of 480 tokens"), trained.err());
    String near = imago("vectors", "nearest", model, "reds", "--count", 2).out();
    assertEquals(2, near.lines().count(), near);
    assertTrue(near.startsWith("reds\t"), near);
    assertEquals(
        near, imago("vectors", "nearest", model, "reds", "--count", 2, "--approximate").out());
    assertEquals(
        1,
        imago("vectors", "analogy", model, "red", "green", "one", "--count", 1)
            .out()
            .lines()
            .count());
    String told =
        imago(
                "vectors",
                "evaluate",
                model,
                "--analogies",
                folder.resolve("q.txt"),
                "--pairs",
                folder.resolve("p.tsv"))
            .out();
    assertTrue(told.contains("all\t1\t0\t"), told);
    assertTrue(told.contains("2 pairs, 0 unknown"), told);
    Path vec = folder.resolve("m.vec");
    assertEquals(0, imago("vectors", "convert", model, "--out", vec).exit());
    assertEquals("7 6", Files.readAllLines(vec).getFirst());
    assertEquals(Files.readString(vec), imago("vectors", "convert", model).out());
    assertEquals(
        6,
        imago("vectors", "sentence", vec, text)
            .out()
            .lines()
            .findFirst()
            .orElseThrow()
            .split(" ")
            .length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train TEXT --out X.bin --dimension 0 | 2 | dimension = 0 is outside 1",
        "train TEXT --out X.bin --subwords 3 | 2 | such as 3,6",
        "train TEXT --out X.bin --loss softmax | 2 | is for labels",
        "train TEXT --out X.bin --minimum-count 1000 | 3 | no word of 480 stands there 1000 times",
        "train TEXT --out X.bin --buckets 1000000000 | 3 | are more than one array holds",
        "train TEXT --out X.bin --kind glove --subwords 3,6 | 2 | --subwords is nothing to --kind"
            + " glove",
        "nearest NOT.vec a | 3 | line 3: «NaN» is no finite number",
        "nearest NOT.w2v a | 3 | a number is NaN",
        "evaluate GOOD --pairs SHORT | 3 | line 2: «7» is not two words and a number",
        "evaluate GOOD --pairs LATIN | 3 | is not UTF-8",
        "nearest BAD.vec a | 3 | line 3: there are fewer than 2 numbers",
        "nearest nowhere.bin a | 3 | neither a file nor an artifact",
        "analogy BAD.vec a b | 2 | takes three",
        "convert TEXT --out X | 3 | line 1",
        "convert TEXT --to word2vec | 2 | name a file with --out",
      })
  void whatIsWrongIsToldWithItsMend(String line, int exit, String told) {
    String[] words = ("vectors " + line).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          words[i]
              .replace("TEXT", text.toString())
              .replace("GOOD", folder.resolve("good.vec").toString())
              .replace("NOT", folder.resolve("nan").toString())
              .replace("SHORT", folder.resolve("short.tsv").toString())
              .replace("LATIN", folder.resolve("latin.tsv").toString())
              .replace("BAD.vec", folder.resolve("bad.vec").toString())
              .replace("X", folder.resolve("x").toString());
    }
    Said said = imago((Object[]) words);
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(told), said.err());
  }
}
