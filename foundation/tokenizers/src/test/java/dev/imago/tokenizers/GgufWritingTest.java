package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.RandomText;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.CsvSource;

/// What GGUF says of a tokenizer, and that it says no more than is true.
class GgufWritingTest {
  private static final String PREPEND =
      "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
          + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]}";
  private static final String METASPACE =
      "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":%s}";
  private static final String BERT =
      "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
          + "\"strip_accents\":null,\"lowercase\":%s}";

  @TempDir Path folder;

  private Tokenizer load(String normalizer, String preTokenizer, String model, String processor)
      throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file,
        """
        {"added_tokens": [{"id": 0, "content": "<unk>", "special": true},
          {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}],
         "normalizer": %s, "pre_tokenizer": %s, "model": %s, "post_processor": %s}
        """
            .formatted(normalizer, preTokenizer, model, processor));
    return Tokenizer.load(file);
  }

  private static final String AROUND =
      "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},"
          + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
          + "{\"Sequence\":{\"id\":\"B\",\"type_id\":1}}],\"special_tokens\":"
          + "{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]}}}";

  private static String quoted(List<String> tokens) {
    var out = new StringBuilder("{");
    for (int id = 0; id < tokens.size(); id++) {
      out.append(id == 0 ? "" : ",").append('"').append(tokens.get(id)).append("\":").append(id);
    }
    return out.append('}').toString();
  }

  private static List<String> withBytes(String... more) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
    }
    Collections.addAll(tokens, more);
    return tokens;
  }

  private static String bpe(List<String> tokens, String merges) {
    return "{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"fuse_unk\":true,\"byte_fallback\":true,"
        + "\"vocab\":%s,\"merges\":%s}".formatted(quoted(tokens), merges);
  }

  /// Texts of few letters, in which merges meet, and of everything else.
  private static void sameIds(Tokenizer tokenizer, boolean outerBlanks) {
    Tokenizer again = Tokenizer.fromGguf(tokenizer.toGguf());
    assertEquals(tokenizer.toGguf().tokens(), again.toGguf().tokens());
    var random = new Random(3);
    var texts = new RandomText(3);
    for (int i = 0; i < 3000; i++) {
      String text = texts.next();
      if (i % 2 == 0) {
        var few = new StringBuilder();
        for (int k = random.nextInt(30); k >= 0; k--) {
          few.append("ab c".charAt(random.nextInt(4)));
        }
        text = few.toString();
      }
      if (!outerBlanks) {
        text = text.strip();
      }
      String shown = text;
      assertArrayEquals(
          tokenizer.encodeOrdinary(text), again.encodeOrdinary(text), () -> "«" + shown + "»");
    }
  }

  @Test
  void whatIsTrainedOnBytesHasItsMergesAndItsPattern() throws InterruptedException {
    Tokenizer tokenizer = SmallTokenizer.train(600);
    GgufTokens says = tokenizer.toGguf();
    assertEquals("gpt2", says.model());
    assertEquals("qwen2", says.pre());
    sameIds(tokenizer, true);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void pairsOfCharactersGetScores(boolean asNormalizer) throws IOException {
    Tokenizer tokenizer =
        load(
            asNormalizer ? PREPEND : "null",
            asNormalizer ? "null" : METASPACE.formatted("false"),
            bpe(
                withBytes("▁", "a", "b", "c", "ab", "▁a", "▁ab", "abc", "▁abc"),
                "[[\"a\",\"b\"],[\"▁\",\"a\"],[\"▁\",\"ab\"],[\"▁a\",\"b\"],[\"ab\",\"c\"],"
                    + "[\"▁\",\"abc\"],[\"▁ab\",\"c\"]]"),
            AROUND);
    GgufTokens says = tokenizer.toGguf();
    assertEquals("llama", says.model());
    assertEquals(true, says.flags().get("add_space_prefix"));
    assertEquals(true, says.flags().get("add_bos_token"));
    assertEquals(1, says.ids().get("bos"));
    assertEquals(List.of(2, 3, 3, 6), says.types().subList(0, 4));
    // Metaspace puts nothing before a text that begins with a blank; GGUF cannot say so.
    sameIds(tokenizer, asNormalizer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[\"a\",\"b\"]]|does not merge «▁» and «a»",
        "[[\"a\",\"b\"],[\"▁\",\"a\"],[\"▁\",\"ab\"],[\"ab\",\"c\"],[\"▁a\",\"b\"]]|stand apart",
      })
  void mergesThatNoScoresGiveAreRefused(String merges, String why) throws IOException {
    Tokenizer tokenizer =
        load(
            PREPEND,
            "null",
            bpe(withBytes("▁", "a", "b", "c", "ab", "▁a", "▁ab", "abc"), merges),
            "null");
    var refused = assertThrows(IllegalArgumentException.class, tokenizer::toGguf);
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  @Test
  void unigramKeepsItsScores() throws IOException {
    String model =
        "{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":false,\"vocab\":[[\"<unk>\",0],[\"<s>\",0],"
            + "[\"</s>\",0],[\"▁\",-2.5],[\"a\",-3],[\"b\",-3.25],[\"c\",-4],[\"ab\",-3.5],[\"▁a\",-3.75],"
            + "[\"bc\",-5],[\"▁abc\",-6.5]]}";
    String collapse = "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}";
    Tokenizer tokenizer = load(collapse, METASPACE.formatted("true"), model, "null");
    GgufTokens says = tokenizer.toGguf();
    assertEquals("t5", says.model());
    assertEquals(-3.75f, says.scores().get(8));
    assertEquals(true, says.flags().get("remove_extra_whitespaces"));
    sameIds(tokenizer, false);
  }

  private static final String UNIGRAM =
      "{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":false,\"vocab\":[[\"<unk>\",0],[\"<s>\",0],"
          + "[\"</s>\",0],[\"▁\",-2.5],[\"a\",-3],[\"b\",-3.25]]}";

  /// What llama.cpp's own code makes of the blanks of these texts.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "true|true|  a  b |▁a▁b",
        "true|true|a▁|▁a▁",
        "true|true|'  '|''",
        "true|false|  a  b |▁▁▁a▁▁b▁",
        "true|false|'  '|▁▁",
        "false|true|a  b |▁a▁b",
        "false|false|a  b |a▁▁b▁",
      })
  void blanksBeforeUnigramAreLlamaCpps(boolean prefix, boolean removes, String text, String made)
      throws IOException {
    String collapse = "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}";
    GgufTokens says = load(collapse, METASPACE.formatted("true"), UNIGRAM, "null").toGguf();
    Tokenizer tokenizer =
        Tokenizer.fromGguf(
            says.with(
                Map.of(
                    "add_space_prefix", prefix,
                    "remove_extra_whitespaces", removes)));
    var tokens = new StringBuilder();
    for (int id : tokenizer.encodeOrdinary(text)) {
      tokens.append(tokenizer.token(id));
    }
    assertEquals(made, tokens.toString());
  }

  @Test
  void oneBlankOfSeveralWithoutOneBeforeIsRefused() throws IOException {
    String never =
        "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"never\",\"split\":true}";
    String collapse = "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}";
    Tokenizer tokenizer = load(collapse, never, UNIGRAM, "null");
    var refused = assertThrows(IllegalArgumentException.class, tokenizer::toGguf);
    assertTrue(String.valueOf(refused.getMessage()).contains("one stays"), refused.getMessage());
  }

  @Test
  void wordPieceSpellsTheStartsOfWords() throws IOException {
    String model =
        "{\"type\":\"WordPiece\",\"unk_token\":\"<unk>\",\"vocab\":"
            + quoted(List.of("<unk>", "<s>", "</s>", "a", "##b", "abc", "##c", "b", "世"))
            + "}";
    Tokenizer tokenizer =
        load(BERT.formatted("true"), "{\"type\":\"BertPreTokenizer\"}", model, AROUND);
    assertEquals(
        List.of("<unk>", "<s>", "</s>", "▁a", "b", "▁abc", "c", "▁b", "▁世"),
        tokenizer.toGguf().tokens());
    assertEquals(tokenizer.encode("a ABC 世b").length, 4);
    assertSameIds(tokenizer, "a ABC 世b, à! \u0000x");
    Tokenizer cased =
        load(BERT.formatted("false"), "{\"type\":\"BertPreTokenizer\"}", model, AROUND);
    assertEquals(false, cased.toGguf().flags().get("normalizer.lowercase"));
    assertSameIds(cased, "a ABC 世b, à! abcc");
    String other = BERT.formatted("true").replace("\"clean_text\":true", "\"clean_text\":false");
    Tokenizer unclean = load(other, "{\"type\":\"BertPreTokenizer\"}", model, AROUND);
    assertThrows(IllegalArgumentException.class, unclean::toGguf);
  }

  private static void assertSameIds(Tokenizer tokenizer, String text) {
    assertArrayEquals(
        tokenizer.encodeOrdinary(text),
        Tokenizer.fromGguf(tokenizer.toGguf()).encodeOrdinary(text));
  }

  private static String byteLevel(String options, String more) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      String spelt = String.valueOf(ByteLevel.spell(b));
      tokens.add(spelt.equals("\"") || spelt.equals("\\") ? "\\" + spelt : spelt);
    }
    tokens.addAll(List.of("he", "ll"));
    if (!more.isEmpty()) {
      tokens.add(more);
    }
    return "{\"type\":\"BPE\",%s\"vocab\":%s,\"merges\":[[\"h\",\"e\"],[\"l\",\"l\"]]}"
        .formatted(options, quoted(tokens));
  }

  private static String cut(SplitPattern pattern) {
    return String.valueOf(TokenizerJson.tree(KnownSplits.preTokenizer(pattern)::write));
  }

  @Test
  void whetherTokensAreTakenWholeIsKept() throws IOException {
    String whole = "\"ignore_merges\":true,";
    String llama3 = cut(SplitPattern.LLAMA3);
    assertEquals(
        "llama-bpe", load("null", llama3, byteLevel(whole, "hello"), "null").toGguf().pre());
    Tokenizer merging = load("null", llama3, byteLevel("", "hello"), "null");
    assertEquals("dbrx", merging.toGguf().pre());
    sameIds(merging, true);
    Tokenizer qwen = load("null", cut(SplitPattern.QWEN2), byteLevel(whole, "hello"), "null");
    assertThrows(IllegalArgumentException.class, qwen::toGguf);
    // Every token is reached: it makes no difference.
    sameIds(load("null", cut(SplitPattern.QWEN2), byteLevel(whole, ""), "null"), true);
  }

  @Test
  void marksOfWordsAreRefusedWhereWordsAreBytes() throws IOException {
    Tokenizer tokenizer =
        load(
            "null",
            cut(SplitPattern.QWEN2),
            byteLevel("\"end_of_word_suffix\":\"</w>\",", ""),
            "null");
    assertThrows(IllegalArgumentException.class, tokenizer::toGguf);
  }

  @Test
  void lineEndsInAPatternMayStandAsTheyAre() throws IOException {
    String json = cut(SplitPattern.DEEPSEEK3);
    String literal = json.replace("\\\\r", "\\r").replace("\\\\n", "\\n");
    assertTrue(!literal.equals(json));
    Tokenizer tokenizer = load("null", literal, byteLevel("", ""), "null");
    assertEquals("deepseek-v3", tokenizer.toGguf().pre());
    assertEquals(SplitPattern.DEEPSEEK3, tokenizer.pattern().orElseThrow());
    sameIds(tokenizer, true);
  }

  @Test
  void aSplitAtBlanksThatAreGoneIsNothing() throws IOException {
    Tokenizer gemma =
        load(
            "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}",
            "{\"type\":\"Split\",\"pattern\":{\"String\":\""
                + " \"},\"behavior\":\"MergedWithPrevious\",\"invert\":false}",
            bpe(withBytes("▁", "a", "b", "ab"), "[[\"a\",\"b\"]]"),
            AROUND);
    assertEquals(false, gemma.toGguf().flags().get("add_space_prefix"));
    sameIds(gemma, true);
  }

  @Test
  void twoTokensOfOneSpellingAreRefused() throws IOException {
    String model =
        "{\"type\":\"WordPiece\",\"unk_token\":\"<unk>\",\"vocab\":"
            + quoted(List.of("<unk>", "<s>", "</s>", "▁x", "x", "##▁x"))
            + "}";
    Tokenizer tokenizer =
        load(BERT.formatted("true"), "{\"type\":\"BertPreTokenizer\"}", model, AROUND);
    var refused = assertThrows(IllegalArgumentException.class, tokenizer::toGguf);
    assertTrue(String.valueOf(refused.getMessage()).contains("both be «▁x»"), refused.getMessage());
  }

  @Test
  void anEndIsAlwaysNamed() throws IOException {
    Map<String, Integer> ids =
        load("null", cut(SplitPattern.QWEN2), byteLevel("", ""), "null").toGguf().ids();
    assertEquals(2, ids.get("eos"));
    assertEquals(1, ids.get("bos"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"Lowercase\"}|{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false}|Lowercase",
        "null|{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":false}|pre-tokenizer",
        "null|{\"type\":\"Whitespace\"}|Whitespace",
        "null|null|byte_fallback",
      })
  void whatLlamaCppCannotDoIsNamed(String normalizer, String preTokenizer, String named)
      throws IOException {
    String model =
        "{\"type\":\"BPE\",\"vocab\":%s,\"merges\":[]}"
            .formatted(quoted(List.of("<unk>", "<s>", "</s>", "a")));
    String escaped = preTokenizer.equals("null") ? PREPEND : normalizer;
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> load(escaped, preTokenizer, model, "null").toGguf());
    assertTrue(String.valueOf(refused.getMessage()).contains(named), refused.getMessage());
  }
}
