package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.RandomText;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static Tokenizer tokenizer;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws InterruptedException {
    tokenizer = SmallTokenizer.train(600);
  }

  @Test
  void anyTextDecodesToItself() {
    var random = new RandomText(2);
    for (int i = 0; i < 5_000; i++) {
      String text = random.next();
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
      assertEquals(text, tokenizer.decode(tokenizer.encodeOrdinary(text)));
    }
  }

  @Test
  void idsThatStandForOtherTokensAreFound() throws InterruptedException {
    Tokenizer smaller = SmallTokenizer.train(400);
    assertEquals(OptionalInt.empty(), smaller.firstUnlike(tokenizer), "the first merges are alike");
    assertEquals(OptionalInt.of(400), tokenizer.firstUnlike(smaller));
    assertEquals(OptionalInt.empty(), tokenizer.firstUnlike(tokenizer));
  }

  @Test
  void onlyEncodeReadsSpecialTokens() {
    String text = "a<|im_end|>b";
    int end = tokenizer.id("<|im_end|>").orElseThrow();
    assertEquals(2, end);
    assertTrue(tokenizer.special(end));
    assertEquals(
        List.of(end), ids(tokenizer.encode(text)).stream().filter(tokenizer::special).toList());
    assertTrue(ids(tokenizer.encodeOrdinary(text)).stream().noneMatch(tokenizer::special));
    assertEquals("ab", tokenizer.decode(tokenizer.encode(text), true));
    assertEquals(text, tokenizer.decode(tokenizer.encode(text), false));
  }

  private static List<Integer> ids(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  @Test
  void noMergeCanSpellASpecialTokenFromOrdinaryText() {
    // A vocabulary in which the merges of «ab» end in a special token's id.
    List<String> tokens = new ArrayList<>();
    IntStream.range(0, 256).forEach(b -> tokens.add(String.valueOf(ByteLevel.spell(b))));
    tokens.add("ab");
    Tokenizer leaky =
        Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of("a b"), java.util.Set.of(256));
    assertArrayEquals(new int[] {256}, leaky.encode("ab"));
    assertArrayEquals(new int[] {'a', 'b'}, bytesOf(leaky, leaky.encodeOrdinary("ab")));
  }

  private static int[] bytesOf(Tokenizer tokenizer, int[] ids) {
    return Arrays.stream(ids).map(id -> tokenizer.bytes(id)[0]).toArray();
  }

  /// The plain twin of the merge loop: look for the best pair from scratch, each time.
  private static List<Integer> mergedPlainly(Tokenizer tokenizer, String word) {
    List<String> merges = tokenizer.merges();
    List<String> parts = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      parts.add(String.valueOf(ByteLevel.spell(b & 0xff)));
    }
    for (String merge : merges) {
      String[] pair = merge.split(" ", -1);
      for (int i = 0; i + 1 < parts.size(); i++) {
        if (parts.get(i).equals(pair[0]) && parts.get(i + 1).equals(pair[1])) {
          parts.set(i, pair[0] + pair[1]);
          parts.remove(i + 1);
        }
      }
    }
    return parts.stream().map(p -> tokenizer.id(p).orElseThrow()).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 38, 39, 40, 41, 42, 43, 60, 300})
  void shortAndLongWordsAreMergedAsThePlainTwinDoes(int length) {
    var random = new Random(length);
    for (int i = 0; i < 30; i++) {
      var word = new StringBuilder();
      for (int j = 0; j < length; j++) {
        word.append("aestring".charAt(random.nextInt(8)));
      }
      assertEquals(
          mergedPlainly(tokenizer, word.toString()),
          ids(tokenizer.encode(word.toString())),
          word.toString());
    }
  }

  @Test
  void aMegabyteOfOneLetterIsEncoded() {
    for (String unit : List.of("a", " ", "😀", "7", "'s")) {
      String text = unit.repeat(1 << 18);
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @Test
  void theCacheStartsAnewWithoutChangingIds() {
    var before = new ArrayList<int[]>();
    var texts = new ArrayList<String>();
    var random = new Random(4);
    for (int i = 0; i < 150_000; i++) {
      texts.add("w" + Long.toString(random.nextLong() & Long.MAX_VALUE, 26).replaceAll("\\d", "z"));
    }
    texts.forEach(t -> before.add(tokenizer.encode(t)));
    Tokenizer fresh = copy();
    for (int i = 0; i < texts.size(); i += 1000) {
      assertArrayEquals(before.get(i), fresh.encode(texts.get(i)));
      assertArrayEquals(before.get(i), tokenizer.encode(texts.get(i)));
    }
  }

  private Tokenizer copy() {
    try {
      return Tokenizer.load(Files.write(folder.resolve("copy.json"), tokenizer.toJson()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theFileThatItWritesGivesTheSameTokenizer() {
    Tokenizer copy = copy();
    assertEquals(tokenizer.merges(), copy.merges());
    assertEquals(tokenizer.pattern(), copy.pattern());
    assertEquals(tokenizer.vocabularySize(), copy.vocabularySize());
    for (int id = 0; id < copy.vocabularySize(); id++) {
      assertEquals(tokenizer.token(id), copy.token(id));
      assertEquals(tokenizer.special(id), copy.special(id));
    }
    assertArrayEquals(tokenizer.toJson(), copy.toJson());
  }

  @Test
  void manyThreadsGetTheSameIds() throws Exception {
    var random = new RandomText(5);
    List<String> texts = IntStream.range(0, 400).mapToObj(i -> random.next()).toList();
    List<int[]> expected = texts.stream().map(tokenizer::encode).toList();
    try (var pool = Executors.newFixedThreadPool(8)) {
      var futures = new ArrayList<Future<?>>();
      for (int t = 0; t < 8; t++) {
        futures.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < texts.size(); i++) {
                    assertArrayEquals(expected.get(i), tokenizer.encode(texts.get(i)));
                  }
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void aStreamNeverShowsHalfACharacter() {
    var random = new Random(6);
    for (int i = 0; i < 2_000; i++) {
      int[] ids = random.ints(12, 0, tokenizer.vocabularySize()).toArray();
      check(ids);
    }
    var texts = new RandomText(7);
    for (int i = 0; i < 2_000; i++) {
      String text = texts.next();
      var stream = tokenizer.stream();
      var all = new StringBuilder();
      for (int id : tokenizer.encodeOrdinary(text)) {
        String piece = stream.add(id);
        assertFalse(piece.contains("\ufffd") && !text.contains("\ufffd"), text);
        all.append(piece);
      }
      assertEquals(text, all.append(stream.finish()).toString());
    }
  }

  private static void check(int[] ids) {
    var stream = tokenizer.stream(false);
    var all = new StringBuilder();
    for (int id : ids) {
      all.append(stream.add(id));
    }
    assertEquals(tokenizer.decode(ids), all.append(stream.finish()).toString());
  }

  @Test
  void tokensAreSpeltInByteLevel() {
    assertEquals(OptionalInt.of(0), tokenizer.id("<|endoftext|>"));
    assertEquals(OptionalInt.empty(), tokenizer.id("no such token"));
    int space = tokenizer.encode(" ")[0];
    assertEquals("Ġ", tokenizer.token(space));
    assertArrayEquals(new byte[] {' '}, tokenizer.bytes(space));
    assertTrue(tokenizer.merges().stream().allMatch(m -> m.split(" ").length == 2));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(new int[] {-1}));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.token(1 << 20));
  }

  /// Each row: what is put in place of what in a good file, and what the message must name.
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "`\"type\" : \"BPE\"` → `\"type\" : \"Unigram\"` → model",
        "`\"normalizer\" : null` → `\"normalizer\" : {\"type\": \"Uppercase\"}` → normalizer",
        "`\"Isolated\"` → `\"Shuffled\"` → pre_tokenizer",
        "`\"truncation\" : null` → `\"truncation\" : {}` → truncation",
        "`\"post_processor\" : null` → `\"post_processor\" : {\"type\": \"Bert\"}` →"
            + " post_processor",
        "`\"<|endoftext|>\" : 0` → `\"<|endoftext|>\" : 99999999` → model.vocab",
        "`\"<|endoftext|>\" : 0` → `\"<|endoftext|>\" : -1` → model.vocab",
        "`\"<|endoftext|>\" : 0` → `\"<|endoftext|>\" : 1` → the same id",
        "`\"<|endoftext|>\" : 0` → `\"<|endoftext|>\" : \"x\"` → model.vocab",
        "`\"merges\" : [` → `\"merges\" : [ [\"qq\", \"ww\"],` → `model.merges[0]`",
        "`\"id\" : 1,` → `\"id\" : 2147483648,` → `added_tokens[1].id`",
        "`\"version\"` → `\"version` → no JSON",
      })
  void aBrokenFileIsRefusedByNameAndPart(String old, String with, String named) throws IOException {
    String good = new String(tokenizer.toJson(), StandardCharsets.UTF_8);
    assertTrue(good.contains(old), old);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file,
        good.replaceFirst(
            java.util.regex.Pattern.quote(old), java.util.regex.Matcher.quoteReplacement(with)));
    var error = assertThrows(IllegalArgumentException.class, () -> Tokenizer.load(file));
    String message = String.valueOf(error.getMessage());
    assertTrue(message.contains("tokenizer.json") && message.contains(named), message);
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() throws IOException {
    byte[] good = tokenizer.toJson();
    Path file = folder.resolve("tokenizer.json");
    for (int length = 0; length < good.length - 3; length += 1 + good.length / 50) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThrows(IllegalArgumentException.class, () -> Tokenizer.load(file));
    }
  }

  @Test
  void strippingTokensTakeTheirBlanksAlong() throws IOException {
    String json =
        new String(tokenizer.toJson(), StandardCharsets.UTF_8)
            .replaceFirst("\"lstrip\" : false", "\"lstrip\" : true")
            .replaceFirst("\"rstrip\" : false", "\"rstrip\" : true");
    Tokenizer stripping = Tokenizer.load(Files.writeString(folder.resolve("strip.json"), json));
    int[] plain = stripping.encode("ab");
    assertArrayEquals(
        new int[] {stripping.encode("a")[0], 0, stripping.encode("b")[0]},
        stripping.encode("a \n<|endoftext|>\t b"));
    assertTrue(plain.length >= 1);
  }
}
