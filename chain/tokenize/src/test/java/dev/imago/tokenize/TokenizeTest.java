package dev.imago.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Utf8Length;
import dev.imago.data.Vocabulary;
import dev.imago.fixtures.FakeRun;
import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.TokenizerKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeTest {
  private static final String[] WORDS = {
    "int", "length", "return", "static", "é", "漢字", "😀", "{", "}", "();", "\n    ", "// it's", "42"
  };

  @TempDir private Path folder;

  private static List<String> texts(int count, long seed) {
    var random = new Random(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      for (int w = 0; w < 50; w++) {
        text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextBoolean() ? " " : "");
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private Corpus corpus(List<String> train, List<String> heldout) throws IOException {
    Path corpus = Files.createTempDirectory(folder, "corpus");
    for (Split split : Split.values()) {
      try (var writer = new Documents.Writer(corpus, split.fileName())) {
        int i = 0;
        for (String text : split == Split.TRAIN ? train : heldout) {
          writer.write(new Document(split.fileName() + i++, text, "made", Map.of()));
        }
      }
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), corpus);
  }

  private FakeRun run(int threads) throws IOException {
    return new FakeRun(Files.createTempDirectory(folder, "run"), threads);
  }

  private static TrainTokenizer.Config config(int size) {
    return config(size, 100_000_000, TokenizerKind.BPE, false);
  }

  private static TrainTokenizer.Config config(
      int size, long sampleBytes, TokenizerKind kind, boolean chineseWords) {
    return new TrainTokenizer.Config(
        size, 2, sampleBytes, 2048, List.of(), kind, SplitPattern.QWEN2, chineseWords);
  }

  private Vocabulary train(Corpus corpus, int size, FakeRun run) throws InterruptedException {
    return new TrainTokenizer()
        .run(new TrainTokenizer.Inputs(corpus), config(size), run)
        .vocabulary();
  }

  private static Tokenizer tokenizer(Vocabulary vocabulary) {
    return Tokenizer.load(vocabulary.folder().resolve("tokenizer.json"));
  }

  @Test
  void aVocabularyIsTrainedOnTheTrainSplitOnly() throws Exception {
    List<String> heldout = new ArrayList<>(texts(20, 2));
    heldout.replaceAll(t -> t + " zyzzyva".repeat(50));
    FakeRun run = run(2);
    Vocabulary vocabulary = train(corpus(texts(60, 1), heldout), 400, run);
    Tokenizer tokenizer = tokenizer(vocabulary);
    assertTrue(tokenizer.id("Ġreturn").isPresent() || tokenizer.id("return").isPresent());
    assertTrue(tokenizer.id("Ġzy").isEmpty() && tokenizer.id("zz").isEmpty());
    assertEquals("train", run.tables().getOrDefault("Vocabulary", List.of()).get(0).get(0));
    assertEquals(10, run.tables().getOrDefault("Longest tokens", List.of()).size());
  }

  @Test
  void theVocabularyDependsOnNoThreadCount() throws Exception {
    Corpus corpus = corpus(texts(60, 1), texts(5, 2));
    assertEquals(train(corpus, 400, run(1)).ref(), train(corpus, 400, run(3)).ref());
  }

  @Test
  void itsConfigFileHoldsTheChatTemplate() throws Exception {
    Vocabulary vocabulary = train(corpus(texts(20, 1), texts(5, 2)), 300, run(2));
    ChatTemplate template = ChatTemplate.load(vocabulary.folder().resolve("tokenizer_config.json"));
    List<ChatMessage> chat = List.of(new ChatMessage("user", "hi"));
    assertEquals("<|im_start|>user\nhi<|im_end|>\n", template.render(chat, false));
    assertEquals(1, template.encodeChat(tokenizer(vocabulary), chat, false)[0]);
  }

  @ParameterizedTest
  @EnumSource
  void everyKindIsTrainedAndEncodesTheCorpus(TokenizerKind kind) throws Exception {
    Corpus corpus = corpus(texts(60, 1), texts(5, 2));
    FakeRun run = run(2);
    Vocabulary vocabulary =
        new TrainTokenizer()
            .run(new TrainTokenizer.Inputs(corpus), config(400, 100_000_000, kind, false), run)
            .vocabulary();
    Tokenizer tokenizer = tokenizer(vocabulary);
    assertEquals(0, tokenizer.id("<|endoftext|>").orElse(-1));
    var encoded =
        new EncodeCorpus()
            .run(
                new EncodeCorpus.Inputs(corpus, vocabulary),
                EncodeCorpus.Config.defaults(),
                run(2));
    assertTrue(Files.exists(encoded.tokens().folder()));
    assertEquals("return static 42", tokenizer.decode(tokenizer.encode("return static 42")));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"BPE", "CHARACTER"},
      mode = EnumSource.Mode.EXCLUDE)
  void aTokenizerOfChineseWordsFindsThemWhereverItIsOpened(TokenizerKind kind) throws Exception {
    List<String> texts = Collections.nCopies(20, "中国人民进入了向现代化建设的新征程。中国人民很高兴。");
    Corpus corpus = corpus(texts, texts.subList(0, 2));
    Vocabulary vocabulary =
        new TrainTokenizer()
            .run(new TrainTokenizer.Inputs(corpus), config(300, 100_000_000, kind, true), run(2))
            .vocabulary();
    Tokenizer tokenizer = tokenizer(vocabulary);
    String start = kind == TokenizerKind.UNIGRAM ? "▁" : "";
    int[] ids = new int[4];
    for (int i = 0; i < ids.length; i++) {
      String word = List.of("中国", "人民", "高兴", "。").get(i);
      ids[i] = tokenizer.id(start + word).orElseThrow(() -> new AssertionError(word));
    }
    assertArrayEquals(ids, tokenizer.encodeOrdinary("中国人民高兴。"));
    assertEquals("中国 人民 高兴 。", tokenizer.decode(ids));
    var tokens =
        new EncodeCorpus()
            .run(
                new EncodeCorpus.Inputs(corpus, vocabulary), EncodeCorpus.Config.defaults(), run(2))
            .tokens();
    try (var shards = TokenShards.open(tokens.folder(), Split.HELDOUT)) {
      int[] first = new int[2];
      shards.read(0, first);
      assertArrayEquals(new int[] {ids[0], ids[1]}, first);
    }
  }

  @Test
  void bytesHaveNoChineseWords() {
    var error =
        assertThrows(
            ConfigException.class, () -> config(300, 100_000_000, TokenizerKind.BPE, true));
    assertTrue(String.valueOf(error.getMessage()).contains("WORDLEVEL"), error.getMessage());
  }

  @Test
  void moreTextThanTheSampleTakesOnlyAShareOfIt() throws Exception {
    FakeRun run = run(2);
    new TrainTokenizer()
        .run(
            new TrainTokenizer.Inputs(corpus(texts(400, 1), texts(5, 2))),
            config(300, 20_000, TokenizerKind.BPE, false),
            run);
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("% of the documents")),
        run.notes()::toString);
  }

  @Test
  void tooFewPairsAreTold() throws Exception {
    FakeRun run = run(1);
    train(corpus(List.of("ab ab"), List.of("ab")), 4096, run);
    assertTrue(run.notes().stream().anyMatch(n -> n.contains("not 4096")), run.notes()::toString);
  }

  @Test
  void documentsAreEncodedInTheirOrderOnAnyNumberOfThreads() throws Exception {
    var train = new ArrayList<>(texts(300, 1));
    train.set(7, "a user said <|im_start|>system and <|endoftext|>");
    train.set(8, "");
    List<String> heldout = texts(30, 2);
    Corpus corpus = corpus(train, heldout);
    Vocabulary vocabulary = train(corpus, 500, run(2));
    Tokenizer tokenizer = tokenizer(vocabulary);
    var inputs = new EncodeCorpus.Inputs(corpus, vocabulary);
    var tokens = new EncodeCorpus().run(inputs, EncodeCorpus.Config.defaults(), run(2)).tokens();
    for (Split split : Split.values()) {
      List<String> texts = split == Split.TRAIN ? train : heldout;
      try (var shards = TokenShards.open(tokens.folder(), split)) {
        assertEquals(texts.size(), shards.documents());
        for (int d = 0; d < texts.size(); d++) {
          int[] ids = new int[(int) (shards.start(d + 1) - shards.start(d))];
          shards.read(shards.start(d), ids);
          int[] expected = tokenizer.encodeOrdinary(texts.get(d));
          assertArrayEquals(expected, java.util.Arrays.copyOf(ids, ids.length - 1));
          assertEquals(0, ids[ids.length - 1]);
          assertEquals(texts.get(d).getBytes(StandardCharsets.UTF_8).length, shards.bytes(d));
        }
      }
    }
    var again = new EncodeCorpus().run(inputs, EncodeCorpus.Config.defaults(), run(1)).tokens();
    assertEquals(tokens.ref(), again.ref());
  }

  @Test
  void aMissingEndOfTextIsTold() throws Exception {
    Corpus corpus = corpus(texts(20, 1), texts(5, 2));
    Vocabulary vocabulary = train(corpus, 300, run(2));
    var inputs = new EncodeCorpus.Inputs(corpus, vocabulary);
    var config = new EncodeCorpus.Config("</s>");
    var error =
        assertThrows(InputException.class, () -> new EncodeCorpus().run(inputs, config, run(1)));
    assertTrue(String.valueOf(error.getMessage()).contains("</s>"), error.getMessage());
  }

  @Test
  void anEmptyCorpusAndABrokenVocabularyAreTold() throws Exception {
    Corpus empty = corpus(List.of(), List.of());
    assertThrows(InputException.class, () -> train(empty, 300, run(1)));
    Vocabulary vocabulary = train(corpus(texts(5, 1), texts(5, 2)), 300, run(1));
    var inputs = new EncodeCorpus.Inputs(empty, vocabulary);
    assertThrows(
        InputException.class,
        () -> new EncodeCorpus().run(inputs, EncodeCorpus.Config.defaults(), run(1)));
    Files.writeString(vocabulary.folder().resolve("tokenizer.json"), "{}");
    var error =
        assertThrows(
            InputException.class,
            () -> new EncodeCorpus().run(inputs, EncodeCorpus.Config.defaults(), run(1)));
    assertTrue(String.valueOf(error.getMessage()).contains("tokenizer.json"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 258, 1_000_001})
  void anImpossibleVocabularySizeIsRefused(int size) {
    var error = assertThrows(ConfigException.class, () -> config(size));
    assertTrue(String.valueOf(error.getMessage()).contains("259"), error.getMessage());
  }

  @Test
  void bytesAreCountedAsUtf8HasThem() {
    for (String text :
        List.of("", "abc", "é", "漢", "😀", "a😀b", "\ud800", "\udc00x", "\ud800\ud800")) {
      assertEquals(text.getBytes(StandardCharsets.UTF_8).length, Utf8Length.of(text), text);
    }
  }
}
