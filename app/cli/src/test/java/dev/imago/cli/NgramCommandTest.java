package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands of n-gram models, as a person would chain them.
class NgramCommandTest {
  @TempDir Path folder;
  private Path corpus;

  @BeforeEach
  void write() throws IOException {
    corpus =
        Files.writeString(
            folder.resolve("corpus.txt"), "the cat sat\nthe dog sat down\n".repeat(5));
  }

  private Path built(String name, Object... more) {
    Path out = folder.resolve(name);
    var words = new java.util.ArrayList<Object>(java.util.List.of("ngram", "build", corpus));
    words.addAll(java.util.List.of("--out", out, "-q"));
    words.addAll(java.util.List.of(more));
    Said said = imago(words.toArray());
    assertEquals(0, said.exit(), said.err());
    return out;
  }

  @Test
  void whatIsBuiltIsAskedAsArpaOrMapped() {
    Path model = built("model.ngram", "--order", 3);
    Path arpa = built("model.arpa.gz", "--order", 3);
    String asked = imago("ngram", "query", model, corpus).out();
    assertEquals(10, asked.lines().count());
    assertEquals(asked, imago("ngram", "query", arpa, corpus).out());
    String text = imago("ngram", "convert", model, "-q").out();
    assertTrue(text.startsWith("\\data\\\nngram 1=8\n"), text);
    assertEquals(text, imago("ngram", "build", corpus, "--order", 3, "-q").out());
  }

  @Test
  void whatComesNextIsToldAndDrawn() throws IOException {
    Path model = built("model.ngram", "--order", 3);
    Path begun = Files.writeString(folder.resolve("begun.txt"), "the dog\n");
    assertTrue(imago("ngram", "query", model, begun, "--next", 2).out().startsWith("sat -"));
    String drawn = imago("ngram", "query", model, "--generate", 3, "--temperature", 0.1).out();
    assertEquals(3, drawn.lines().filter(line -> line.startsWith("the ")).count(), drawn);
    String words = imago("ngram", "query", model, begun, "--words").out();
    assertEquals("the\t2\t", words.substring(0, 6), words);
  }

  @ParameterizedTest
  @CsvSource({"--top-p, 1.5", "--min-p, 2", "--repetition-penalty, 0", "--top-k, -1"})
  void howItIsDrawnIsBoundedByTheNameOfTheOption(String option, String value) {
    Said said = imago("ngram", "query", "none.ngram", "--generate", 1, option, value);
    assertEquals(2, said.exit());
    assertTrue(said.err().startsWith("imago: " + option + " = " + value + " is "), said.err());
  }

  @Test
  void aMixtureIsFittedAndTold() {
    Path one = built("one.ngram", "--order", 1);
    Path three = built("three.ngram", "--order", 3);
    Said said = imago("ngram", "perplexity", one, three, "--fit", corpus, "--text", corpus);
    assertEquals(0, said.exit(), said.err());
    assertEquals(3, said.out().lines().count());
    assertTrue(said.out().contains("mixture 0.0"), said.out());
  }

  @Test
  void aModelMayComeThroughAPipe() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path arpa = built("m.arpa", "--order", 2);
    Thread.ofPlatform().daemon().start(() -> send(arpa, pipe));
    Said said = imago("ngram", "query", pipe, corpus);
    assertEquals(imago("ngram", "query", arpa, corpus).out(), said.out());
    Path mapped = built("m.ngram", "--order", 2);
    Thread.ofPlatform().daemon().start(() -> send(mapped, pipe));
    assertTrue(imago("ngram", "query", pipe, corpus).err().contains("is a pipe"));
  }

  private static void send(Path from, Path to) {
    try {
      Files.write(to, Files.readAllBytes(from));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aPrunedModelIsSmaller() {
    Path model = built("model.ngram", "--order", 3);
    Said said =
        imago("ngram", "prune", model, "--threshold", 0.01, "--out", folder.resolve("small.arpa"));
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.err().matches("8 \\+ \\d \\+ \\d n-grams, of 8 \\+ 8 \\+ 7\\R"), said.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "build --order 8 | 2 | order = 8 is outside 1 … 7",
        "build --prune 0,2,1 | 2 | none be below the one before",
        "build --memory 0 | 2 | --memory = 0 is below 1",
        "build --unit ids | 2 | name it by --tokenizer",
        "query nothing.ngram | 3 | neither a file nor an artifact",
        "query CORPUS | 3 | it is no ARPA file",
        "perplexity MODEL --weights 0.2,0.3 | 2 | 2 weights for 1 models",
        "query MODEL --unit characters | 2 | the model's words are words",
        "convert MODEL --unit characters | 2 | the model's words are words",
        "prune MODEL --unit characters | 2 | the model's words are words",
        "query MODEL --next -1 | 2 | --next = -1 is below 0",
        "query MODEL --temperature 0.5 | 2 | are of --generate",
        "query MODEL CORPUS --generate 2 | 2 | --generate reads nothing",
        "query MODEL --generate 2 --longest 0 | 2 | 100 is usual",
        "prune MODEL --threshold 2 | 3 | is not above 0 and below 1",
      })
  void whatIsWrongIsToldWithItsMend(String line, int exit, String told) {
    Path model = built("model.ngram", "--order", 2);
    String[] words = ("ngram " + line).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].replace("MODEL", model.toString()).replace("CORPUS", corpus.toString());
    }
    Said said = imago((Object[]) words);
    assertEquals(exit, said.exit(), said.err());
    assertTrue(said.err().contains(told), said.err());
  }
}
