package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The tokenizer commands, as a person would chain them.
class TokenizeCommandTest {
  private static final String LINES = "The cat sat on the mat.\nHello 世界 👨‍👩‍👧!\nint i = 42;\n";

  @TempDir Path folder;
  private Path corpus;

  @BeforeEach
  void write() throws IOException {
    corpus = Files.writeString(folder.resolve("corpus.txt"), LINES.repeat(20));
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

  @Test
  void whatIsPipedInTrainsTheSame() throws IOException {
    Path ofFile = train("--vocabulary-size", "300");
    InputStream in = System.in;
    try {
      for (List<String> named : List.of(List.<String>of(), List.of("-"))) {
        System.setIn(Files.newInputStream(corpus));
        Path out = folder.resolve("piped" + named.size());
        var words = new ArrayList<Object>(List.of("tokenize", "train"));
        words.addAll(named);
        words.addAll(List.of("--out", out, "--vocabulary-size", "300", "-q"));
        Said said = imago(words.toArray());
        assertEquals(0, said.exit(), said.err());
        assertEquals(
            -1, Files.mismatch(ofFile.resolve("tokenizer.json"), out.resolve("tokenizer.json")));
      }
      System.setIn(InputStream.nullInputStream());
      Said nothing = imago("tokenize", "train", "--out", folder.resolve("nothing"));
      assertEquals(3, nothing.exit());
      assertFalse(Files.exists(folder.resolve("nothing/.training")));
      assertTrue(nothing.err().contains("standard input holds no text"), nothing.err());
    } finally {
      System.setIn(in);
    }
    Said both = imago("tokenize", "train", "-", corpus, "--out", folder.resolve("both"));
    assertEquals(2, both.exit());
    assertTrue(both.err().contains("- is standard input"), both.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "wordpiece", "unigram", "wordlevel"})
  void everyKindIsTrained(String kind) {
    Path tokenizer = train("--model", kind, "--vocabulary-size", "400");
    Said same = imago("tokenize", "compare", tokenizer, tokenizer, corpus);
    assertEquals(0, same.exit(), same.err());
    assertTrue(same.out().contains("same ids: 60 of 60 texts"), same.out());
  }

  /// Trains from wrong words; gives the message.
  private String refused(String... more) {
    var words = new ArrayList<Object>(List.of("tokenize", "train", corpus));
    words.addAll(List.of("--out", folder.resolve("tokenizer"), "-q"));
    words.addAll(List.of(more));
    Said said = imago(words.toArray());
    assertEquals(2, said.exit(), said.err());
    assertFalse(Files.exists(folder.resolve("tokenizer/tokenizer.json")));
    return said.err();
  }

  @ParameterizedTest
  @CsvSource({"one,4|2", "three,42", "together,42"})
  void digitsAreCutAsAsked(String digits, String expected) throws IOException {
    Path tokenizer = train("--vocabulary-size", "400", "--digits", digits);
    Path text = Files.writeString(folder.resolve("text.txt"), "42\n");
    String said = imago("tokenize", "encode", tokenizer, text, "--json").out();
    assertTrue(said.contains("\"" + expected.replace("|", "\",\"") + "\""), said);
  }

  @Test
  void whatATrainerIsToldShowsInTheTokenizer() throws IOException {
    Path wordpiece =
        train(
            "--model",
            "wordpiece",
            "--vocabulary-size",
            "400",
            "--unk-token",
            "<?>",
            "--continuing-subword-prefix",
            "~~",
            "--initial-alphabet",
            "жш");
    String json = json(wordpiece);
    assertTrue(json.contains("\"unk_token\":\"<?>\""), json);
    assertTrue(json.contains("\"~~t\"") && json.contains("\"ш\""), json);
    assertFalse(json.contains("[UNK]"), json);
    String config = Files.readString(wordpiece.resolve("tokenizer_config.json"));
    for (String role :
        List.of("unk_token\" : \"<?>", "cls_token\" : \"[CLS]", "mask_token\" : \"[MASK]")) {
      assertTrue(config.contains(role), config);
    }
    Path unigram =
        train(
            "--model",
            "unigram",
            "--vocabulary-size",
            "60",
            "--max-piece-length",
            "2",
            "--seed-size",
            "500",
            "--shrinking-factor",
            "0.5",
            "--sub-iterations",
            "1");
    assertEquals(2, longest(unigram));
    assertTrue(longest(train("--model", "unigram", "--vocabulary-size", "60")) > 2);
    Path bpe = train("--vocabulary-size", "400", "--max-token-length", "4");
    json = json(bpe);
    assertTrue(json.contains("\"the\"") && !json.contains("\"Ġthe\""), json);
  }

  /// The characters of the longest token that is not special.
  private static int longest(Path tokenizer) {
    Tokenizer loaded = Tokenizer.load(tokenizer.resolve("tokenizer.json"));
    return IntStream.range(0, loaded.vocabularySize())
        .filter(id -> !loaded.special(id))
        .mapToObj(loaded::token)
        .filter(token -> !token.equals("<unk>"))
        .mapToInt(token -> token.codePointCount(0, token.length()))
        .max()
        .orElse(0);
  }

  private static String json(Path tokenizer) throws IOException {
    return Files.readString(tokenizer.resolve("tokenizer.json")).replaceAll("\\s", "");
  }

  @Test
  void chineseWordsAreFoundWhereverTheTokenizerIsOpened() throws IOException {
    Files.writeString(corpus, "中国人民很高兴。\n".repeat(20));
    Path tokenizer = train("--model", "wordlevel", "--vocabulary-size", "50", "--chinese-words");
    Path text = Files.writeString(folder.resolve("text.txt"), "人民中国。");
    String said = imago("tokenize", "encode", tokenizer, text, "--json").out();
    assertTrue(said.contains("[\"人民\",\"中国\",\"。\"]"), said);
  }

  @Test
  void whatAKindDoesNotTakeIsNamedWithThoseThatDo() {
    String err = refused("--model", "unigram", "--limit-alphabet", "9");
    assertTrue(
        err.contains(
            "--limit-alphabet does not go with --model unigram; take --model bpe or wordpiece"),
        err);
    err = refused("--seed-size", "9");
    assertTrue(err.contains("--seed-size does not go with --model bpe; take --model unigram"), err);
    err = refused("--chinese-words");
    assertTrue(err.contains("take --model wordpiece or unigram or wordlevel"), err);
    err = refused("--end-of-word-suffix", "</w>");
    assertTrue(err.contains("is for words of characters, and here they are bytes"), err);
    err = refused("--digits", "one", "--pattern", "gpt2");
    assertTrue(err.contains("exclude each other"), err);
    err = refused("--model", "wordlevel", "--special", "<s>");
    assertTrue(err.contains("[<s>] lack the token of the unknown: add --special \"<unk>\""), err);
    err = refused("--model", "unigram", "--shrinking-factor", "1");
    assertTrue(err.contains("--shrinking-factor 1.0 is not between 0 and 1"), err);
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
  void wrongInputIsOneMessage() throws IOException {
    Path tokenizer = train("--vocabulary-size", "300");
    Said none = imago("tokenize", "encode", tokenizer, folder.resolve("none.txt"));
    assertEquals(3, none.exit());
    assertTrue(none.err().contains("none.txt does not exist"), none.err());
    Said small = imago("tokenize", "train", corpus, "--out", folder, "--vocabulary-size", "3");
    assertEquals(2, small.exit());
    assertTrue(small.err().contains("--vocabulary-size 3 is below 259"), small.err());
    Path gbk = folder.resolve("gbk.txt");
    Files.write(gbk, new byte[] {'a', '\n', (byte) 0xc4, (byte) 0xe3, '\n'});
    Said encoded = imago("tokenize", "train", gbk, "--out", folder.resolve("of-gbk"));
    assertEquals(3, encoded.exit());
    assertFalse(Files.exists(folder.resolve("of-gbk/.training")));
    assertTrue(encoded.err().contains("gbk.txt: what stands from byte 2 (0xC4) on"), encoded.err());
    assertTrue(
        imago("tokenize", "train", corpus, "--out", folder, "--memory", "0")
            .err()
            .contains("--memory = 0 is below 1; megabytes"));
    Said other = imago("tokenize", "encode", corpus, corpus);
    assertEquals(3, other.exit());
    assertTrue(other.err().contains("is no tokenizer"), other.err());
  }
}
