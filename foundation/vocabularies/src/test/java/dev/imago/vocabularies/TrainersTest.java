package dev.imago.vocabularies;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.SampleTexts;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Trainers on characters; the conformance tests hold them to Hugging Face's at length.
class TrainersTest {
  private static final WordSplit BLANKS =
      WordSplit.json("{\"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"}}");
  private static final WordSplit METASPACE =
      WordSplit.json(
          "{\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"▁\","
              + " \"prepend_scheme\": \"always\"}}");

  private static WordCounts words(WordSplit split, String... texts) throws InterruptedException {
    return WordCounts.of(
        List.of(texts).iterator(), split, Counting.inMemory(), TrainingProgress.NONE);
  }

  private static TrainedVocabulary.Bpe bpe(BpeTrainer.Settings settings, String... texts)
      throws InterruptedException {
    try (var words = words(BLANKS, texts)) {
      return BpeTrainer.train(settings, words, TrainingProgress.NONE);
    }
  }

  private static BpeTrainer.Settings plain(int size) {
    return BpeTrainer.Settings.of(size).specialTokens(List.of());
  }

  private static List<String> merges(TrainedVocabulary.Bpe bpe) {
    return bpe.merges().stream()
        .map(m -> bpe.tokens().get(m.left()) + " " + bpe.tokens().get(m.right()))
        .toList();
  }

  @Test
  void mergesOfCharactersAreThoseWorkedOutByHand() throws InterruptedException {
    // aaa, aaab and ab three times each: a a 9 times, a b 6; then ab alone and behind aa.
    var learned = bpe(plain(20), "aaa aaab ab", "aaa aaab ab", "aaa aaab ab");
    assertEquals(List.of("a", "b", "aa", "ab", "aaa", "aaab"), learned.tokens());
    assertEquals(List.of("a a", "a b", "aa a", "aa ab"), merges(learned));
  }

  @Test
  void prefixesAndSuffixesMarkWhereATokenStands() throws InterruptedException {
    var learned =
        bpe(
            plain(30).continuingSubwordPrefix("##").endOfWordSuffix("</w>"),
            "abc abcd abd abc abcd abd");
    assertEquals(
        List.of("a", "b", "c", "d", "##b", "##c", "##c</w>", "##d</w>"),
        learned.tokens().subList(0, 8));
    assertEquals(
        List.of("a ##b", "##c ##d</w>", "ab ##c</w>", "ab ##d</w>", "ab ##cd</w>"),
        merges(learned));
    assertEquals(
        "abc abd",
        learned.tokenizer().decode(learned.tokenizer().encode("abc abd")).replace("##", ""));
  }

  @Test
  void aLimitKeepsTheMostFrequentCharactersAndOfEqualsTheFirst() throws InterruptedException {
    assertEquals(List.of("a", "b", "c"), bpe(plain(3).limitAlphabet(3), "a b c d cc").tokens());
    assertEquals(
        List.of("b", "z"), bpe(plain(9).limitAlphabet(2).initialAlphabet("z"), "b bc").tokens());
  }

  @Test
  void tokensStayShorterThanTheirBound() throws InterruptedException {
    // Hugging Face's rule: two characters always, more only below the bound.
    assertEquals(
        List.of("a b", "c d", "e f", "g h"),
        merges(bpe(plain(30).maxTokenLength(4), "abcdefgh abcdefgh")));
    assertEquals(
        List.of("a b", "c d", "e f", "g h", "ab cd", "ef gh"),
        merges(bpe(plain(30).maxTokenLength(5), "abcdefgh abcdefgh")));
  }

  @Test
  void bytesAndTheirSpellingLearnTheSame() throws InterruptedException {
    var byteLevel =
        WordSplit.json(
            "{\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false,"
                + " \"trim_offsets\": false, \"use_regex\": true}}");
    String[] texts = SampleTexts.list().toArray(String[]::new);
    var alphabet = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      alphabet.append(dev.imago.tokenizers.bytelevel.ByteLevel.spell(b));
    }
    var settings = BpeTrainer.Settings.of(900).maxTokenLength(12);
    try (var bytes = words(WordSplit.bytes(SplitPattern.GPT2), texts);
        var characters = words(byteLevel, texts)) {
      Tokenizer ours = BpeTrainer.train(settings, bytes, TrainingProgress.NONE).tokenizer();
      Tokenizer general =
          BpeTrainer.train(
                  settings.initialAlphabet(alphabet.toString()), characters, TrainingProgress.NONE)
              .tokenizer();
      assertEquals(ours.merges(), general.merges());
      for (String text : List.of("A  b'll c\n", "漢字 é 123")) {
        assertArrayEquals(ours.encode(text), general.encode(text));
        assertEquals(text, general.decode(general.encode(text)));
      }
    }
  }

  @Test
  void wordPiecesContinueWithTheirPrefix() throws InterruptedException {
    try (var words = words(BLANKS, "hug hugs hugging hug hugs pug")) {
      var usual = WordPieceTrainer.Settings.of(40);
      var learned =
          WordPieceTrainer.train(
              new WordPieceTrainer.Settings(
                  40, 2, usual.specialTokens(), OptionalInt.empty(), "", "##", "[UNK]"),
              words,
              TrainingProgress.NONE);
      assertEquals(
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), learned.tokens().subList(0, 5));
      Tokenizer tokenizer = learned.tokenizer();
      assertEquals("hugs pug", tokenizer.decode(tokenizer.encode("hugs pug")));
      assertEquals(List.of("hugs"), spellings(tokenizer, "hugs"));
      assertEquals(List.of("p", "##ug", "##s"), spellings(tokenizer, "pugs"));
      assertEquals(List.of("[UNK]"), spellings(tokenizer, "xyz"));
    }
  }

  private static List<String> spellings(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::token).toList();
  }

  @Test
  void wordsComeByFrequencyAndOfEqualsByTheirBytes() throws InterruptedException {
    try (var words = words(BLANKS, "the roses are red the are the zebra 漢 Zebra")) {
      var learned =
          WordLevelTrainer.train(
              new WordLevelTrainer.Settings(7, 0, List.of("<unk>", "<s>"), "<unk>"),
              words,
              TrainingProgress.NONE);
      assertEquals(
          List.of("<unk>", "<s>", "the", "are", "Zebra", "red", "roses"), learned.tokens());
      assertEquals(List.of("the", "<unk>"), spellings(learned.tokenizer(), "the blue"));
    }
  }

  @Test
  void aSpecialTokenThatIsAWordTooHasTheWordsId() throws InterruptedException {
    try (var words = words(BLANKS, "the cat the dog <unk> <unk> <unk> zebra")) {
      var learned =
          WordLevelTrainer.train(
              new WordLevelTrainer.Settings(6, 0, List.of("<unk>", "<s>"), "<unk>"),
              words,
              TrainingProgress.NONE);
      assertEquals(Arrays.asList(null, "<s>", "<unk>", "the", "cat", "dog"), learned.tokens());
      assertEquals(List.of("<unk>", "the"), spellings(learned.tokenizer(), "bird the"));
    }
  }

  @Test
  void eachCharacterIsATokenAndKnownTextComesBackAsItWas(@TempDir Path folder) throws Exception {
    TokenizerKind kind = TokenizerKind.CHARACTER;
    String text = " to be,\n\tor  not — 漢😀é?\r\n";
    try (var words = words(kind.usualSplit(), text)) {
      Tokenizer trained = kind.usualSettings(100).train(words, TrainingProgress.NONE).tokenizer();
      Path file = folder.resolve("tokenizer.json");
      Files.write(file, trained.toJson());
      Tokenizer read = Tokenizer.load(file);
      for (Tokenizer tokenizer : List.of(trained, read)) {
        int[] ids = tokenizer.encode(text);
        assertEquals(text.codePointCount(0, text.length()), ids.length);
        assertEquals(text, tokenizer.decode(ids));
        assertEquals(List.of("b", "<unk>", "b"), spellings(tokenizer, "bzb"));
      }
    }
  }

  @Test
  void unigramTokenizersGiveTextBack() throws InterruptedException {
    String[] texts = SampleTexts.list().subList(0, 6).toArray(String[]::new);
    try (var words = words(METASPACE, texts)) {
      var learned =
          UnigramTrainer.train(
              UnigramTrainer.Settings.of(700).specialTokens(List.of("<s>", "</s>")),
              words,
              TrainingProgress.NONE);
      assertEquals(List.of("<unk>", "<s>", "</s>"), learned.tokens().subList(0, 3));
      assertEquals(OptionalInt.of(0), learned.unkId());
      assertEquals(700, learned.tokens().size());
      Tokenizer tokenizer = learned.tokenizer();
      String text = "public static final int LEAST = 64;";
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
      assertTrue(tokenizer.encode(text).length < 20);
    }
  }

  @Test
  void aTrainedTokenizerIsTheSameFromItsFile(@TempDir Path folder) throws Exception {
    String[] texts = SampleTexts.list().subList(0, 6).toArray(String[]::new);
    var trained = new ArrayList<TrainedVocabulary>();
    try (var blanks = words(BLANKS, texts);
        var metaspace = words(METASPACE, texts)) {
      trained.add(
          BpeTrainer.train(plain(500).endOfWordSuffix("</w>"), blanks, TrainingProgress.NONE));
      trained.add(
          WordPieceTrainer.train(WordPieceTrainer.Settings.of(500), blanks, TrainingProgress.NONE));
      trained.add(
          WordLevelTrainer.train(WordLevelTrainer.Settings.of(500), blanks, TrainingProgress.NONE));
      trained.add(
          UnigramTrainer.train(UnigramTrainer.Settings.of(500), metaspace, TrainingProgress.NONE));
    }
    for (TrainedVocabulary vocabulary : trained) {
      Tokenizer tokenizer = vocabulary.tokenizer();
      Tokenizer read = Tokenizer.load(Files.write(folder.resolve("t.json"), tokenizer.toJson()));
      for (String text : texts) {
        assertArrayEquals(tokenizer.encode(text), read.encode(text));
        int[] ids = tokenizer.encode(text);
        assertEquals(tokenizer.decode(ids), read.decode(ids));
      }
      // One of the same kind, on other texts.
      try (var words = words(WordSplit.like(read), "one two two")) {
        assertTrue(words.distinct() >= 2);
      }
    }
  }

  @Test
  void aSplitLikeAByteLevelTokenizersIsOfBytes() throws InterruptedException {
    assertEquals(
        WordSplit.bytes(SplitPattern.QWEN2),
        WordSplit.like(
            BpeTrainer.train(
                BpeTrainer.Settings.of(300),
                SampleTexts.list().iterator(),
                TrainingProgress.NONE)));
  }

  @Test
  void noTextsGiveTheSpecialTokens() throws InterruptedException {
    try (var none = words(BLANKS)) {
      assertEquals(
          List.of("<s>"),
          BpeTrainer.train(plain(9).specialTokens(List.of("<s>")), none, TrainingProgress.NONE)
              .tokens());
      assertEquals(
          5,
          WordPieceTrainer.train(WordPieceTrainer.Settings.of(9), none, TrainingProgress.NONE)
              .tokens()
              .size());
      assertEquals(
          List.of("<unk>"),
          WordLevelTrainer.train(WordLevelTrainer.Settings.of(9), none, TrainingProgress.NONE)
              .tokens());
      assertEquals(
          List.of("<unk>"),
          UnigramTrainer.train(UnigramTrainer.Settings.of(9), none, TrainingProgress.NONE)
              .tokens());
    }
  }

  @Test
  void impossibleSettingsAreRefused() throws InterruptedException {
    try (var words = words(BLANKS, "abcdef");
        var bytes = words(WordSplit.bytes(SplitPattern.GPT2), "abcdef")) {
      refused(
          "vocabularySize = 3 is below the 6",
          () -> BpeTrainer.train(plain(3), words, TrainingProgress.NONE));
      refused(
          "have 6 characters, more than the 2 pieces",
          () -> UnigramTrainer.train(UnigramTrainer.Settings.of(3), words, TrainingProgress.NONE));
      refused(
          "WordPiece is learned from characters",
          () ->
              WordPieceTrainer.train(
                  WordPieceTrainer.Settings.of(300), bytes, TrainingProgress.NONE));
      refused(
          "Unigram is learned from characters",
          () ->
              UnigramTrainer.train(UnigramTrainer.Settings.of(300), bytes, TrainingProgress.NONE));
      refused(
          "WordLevel is learned from characters",
          () ->
              WordLevelTrainer.train(
                  WordLevelTrainer.Settings.of(300), bytes, TrainingProgress.NONE));
    }
    refused("shrinkingFactor = 1.0", () -> unigram(1.0, 16, 2));
    refused("shrinkingFactor = NaN", () -> unigram(Double.NaN, 16, 2));
    refused("maxPieceLength = 0", () -> unigram(0.75, 0, 2));
    refused("subIterations = 0", () -> unigram(0.75, 16, 0));
    refused("the split is no JSON", () -> WordSplit.json("{"));
    refused(
        "the known ones are",
        () -> WordSplit.json("{\"pre_tokenizer\": {\"type\": \"Whitespaces\"}}"));
  }

  private static UnigramTrainer.Settings unigram(double shrinking, int length, int iterations) {
    return new UnigramTrainer.Settings(
        100, List.of(), Optional.empty(), "", 1000, length, shrinking, iterations, 1);
  }

  private static void refused(String message, Executable work) {
    var error = assertThrows(IllegalArgumentException.class, work);
    assertTrue(String.valueOf(error.getMessage()).contains(message), error.getMessage());
  }
}
