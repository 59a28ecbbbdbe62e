package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tokenizer commands, as a person would chain them.
class TokenizeCommandTest {
  private static final String LINES = "The cat sat on the mat.\nHello 世界 👨‍👩‍👧!\nint i = 42;\n";

  @TempDir Path folder;
  private Path corpus;

  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    corpus = Files.writeString(folder.resolve("corpus.txt"), LINES.repeat(20));
  }

  private static Said imago(Object... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var told = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      String[] line = new String[words.length];
      for (int i = 0; i < line.length; i++) {
        line[i] = String.valueOf(words[i]);
      }
      int exit = Imago.execute(line);
      return new Said(
          exit, said.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private Path train(String... more) {
    Path out = folder.resolve("tokenizer");
    var words = new java.util.ArrayList<Object>(java.util.List.of("tokenize", "train", corpus));
    words.addAll(java.util.List.of("--out", out, "-q"));
    words.addAll(java.util.List.of(more));
    Said said = imago(words.toArray());
    assertEquals(0, said.exit(), said.err());
    assertFalse(Files.exists(out.resolve(".training")), "nothing is left behind");
    return out;
  }

  @Test
  void whatIsEncodedDecodesToItself() throws IOException {
    Path tokenizer = train("--vocabulary-size", "300");
    Said ids = imago("tokenize", "encode", tokenizer, corpus);
    assertEquals(0, ids.exit(), ids.err());
    Path encoded = Files.writeString(folder.resolve("ids.txt"), ids.out());
    assertEquals(LINES.repeat(20), imago("tokenize", "decode", tokenizer, encoded).out());
    assertTrue(imago("tokenize", "inspect", tokenizer, corpus).out().contains("BPE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "wordpiece", "unigram", "wordlevel"})
  void everyKindIsTrained(String kind) {
    Path tokenizer = train("--model", kind, "--vocabulary-size", "400");
    Said same = imago("tokenize", "compare", tokenizer, tokenizer, corpus);
    assertEquals(0, same.exit(), same.err());
    assertTrue(same.out().contains("same ids: 60 of 60 texts"), same.out());
  }

  @Test
  void whatIsConvertedKeepsItsIds() {
    Path tokenizer = train("--vocabulary-size", "300");
    Path gguf = folder.resolve("t.gguf");
    Path json = folder.resolve("t.json");
    Said first = imago("tokenize", "convert", tokenizer, "--out", gguf);
    assertEquals(0, first.exit(), first.err());
    assertEquals(0, imago("tokenize", "convert", gguf, "--out", json).exit());
    assertEquals(0, imago("tokenize", "compare", tokenizer, gguf, corpus).exit());
    assertEquals(0, imago("tokenize", "compare", gguf, json, corpus).exit());
  }

  @Test
  void whatAFormatHasNoRoomForIsNamed() {
    Path words = train("--model", "wordlevel", "--vocabulary-size", "300");
    Path gguf = folder.resolve("t.gguf");
    Said refused = imago("tokenize", "convert", words, "--out", gguf);
    assertEquals(2, refused.exit());
    assertTrue(refused.err().contains("no room for a model of the kind WordLevel"), refused.err());
    assertFalse(Files.exists(gguf));
    Said nowhere = imago("tokenize", "convert", words, "--out", folder.resolve("t.xml"));
    assertEquals(2, nowhere.exit());
    assertTrue(nowhere.err().contains("neither a .json nor a .gguf"), nowhere.err());
  }

  @Test
  void wrongInputIsOneMessage() {
    Path tokenizer = train("--vocabulary-size", "300");
    Said none = imago("tokenize", "encode", tokenizer, folder.resolve("none.txt"));
    assertEquals(3, none.exit());
    assertTrue(none.err().contains("none.txt does not exist"), none.err());
    Said small = imago("tokenize", "train", corpus, "--out", folder, "--vocabulary-size", "3");
    assertEquals(2, small.exit());
    assertTrue(small.err().contains("vocabularySize = 3 is below 259"), small.err());
    Said other = imago("tokenize", "encode", corpus, corpus);
    assertEquals(3, other.exit());
    assertTrue(other.err().contains("is no tokenizer"), other.err());
  }
}
