package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.processors.PostProcessor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Made-up parts of a `tokenizer.json` against the Rust tokenizers over JNI, in every build.
class RustTokenizerPartsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> WORDS = RandomParts.WORDS;
  private static final Map<String, String> AS_IT_IS =
      Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");

  @TempDir private static Path folder;

  @BeforeAll
  static void load() throws IOException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    try {
      rust(RandomParts.file(WORDS), AS_IT_IS).close();
    } catch (LinkageError | RuntimeException e) {
      abort("the Rust tokenizers do not load on this machine: " + e);
    }
  }

  private static HuggingFaceTokenizer rust(
      Map<String, @Nullable Object> file, Map<String, String> options) throws IOException {
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(JSON.writeValueAsBytes(file)), options);
  }

  private static Map<String, @Nullable Object> with(String part, @Nullable Object value) {
    var file = new LinkedHashMap<>(RandomParts.file(WORDS));
    file.put(part, value);
    return file;
  }

  @Test
  void postProcessorsPutTheSameTokensAround() throws IOException {
    var parts = new RandomParts(41);
    for (int i = 0; i < 300; i++) {
      Object json = parts.postProcessor();
      PostProcessor ours = json == null ? null : PostProcessor.read(RandomParts.part(json));
      try (var theirs = rust(with("post_processor", json), AS_IT_IS)) {
        for (int t = 0; t < 6; t++) {
          List<String> first = parts.text(9);
          List<String> second = parts.random.nextBoolean() ? null : parts.text(9);
          boolean special = parts.random.nextBoolean();
          String text = String.join("|", first);
          String pair = second == null ? "" : String.join("|", second);
          Encoding a = RandomParts.encoding(first);
          Encoding b = second == null ? null : RandomParts.encoding(second).withTypeId(1);
          assertSame(
              second == null
                  ? theirs.encode(text, special, true)
                  : theirs.encode(text, pair, special, true),
              ours == null ? PostProcessor.unprocessed(a, b) : ours.process(a, b, special),
              List.of(text, pair),
              String.valueOf(json) + first + second);
        }
      }
    }
  }

  @Test
  void whatIsCutOffIsTheSame() throws IOException {
    var parts = new RandomParts(42);
    for (int i = 0; i < 100; i++) {
      Object json = parts.postProcessor();
      PostProcessor ours = json == null ? null : PostProcessor.read(RandomParts.part(json));
      int most = 6 + parts.random.nextInt(12);
      int added = ours == null ? 0 : ours.added(false);
      if (most <= added) {
        continue;
      }
      int stride = parts.random.nextInt(Math.min(3, most - added));
      var options =
          Map.of(
              "addSpecialTokens",
              "true",
              "truncation",
              "longest_first",
              "padding",
              "false",
              "maxLength",
              String.valueOf(most),
              "stride",
              String.valueOf(stride));
      try (var theirs = rust(with("post_processor", json), options)) {
        List<String> words = parts.text(40);
        String text = String.join("|", words);
        Encoding cut =
            new Truncation(most, Truncation.Strategy.LONGEST_FIRST, stride, Side.RIGHT)
                .less(added)
                .apply(List.of(RandomParts.encoding(words)))
                .getFirst();
        assertSame(
            theirs.encode(text, true, true),
            ours == null ? PostProcessor.unprocessed(cut, null) : ours.process(cut, null, true),
            List.of(text),
            most + " " + stride + " " + json + words);
      }
    }
  }

  private static void assertSame(
      ai.djl.huggingface.tokenizers.Encoding theirs,
      Encoding ours,
      List<String> texts,
      String where) {
    assertArrayEquals(ints(theirs.getIds()), ours.ids(), where);
    assertEquals(List.of(theirs.getTokens()), ours.tokens(), where);
    assertArrayEquals(ints(theirs.getTypeIds()), ours.typeIds(), where);
    assertArrayEquals(ints(theirs.getWordIds()), ours.words(), where);
    assertArrayEquals(ints(theirs.getSequenceIds()), ours.sequenceIds(), where);
    assertArrayEquals(ints(theirs.getSpecialTokenMask()), ours.specialTokensMask(), where);
    assertArrayEquals(ints(theirs.getAttentionMask()), ours.attentionMask(), where);
    for (int i = 0; i < ours.size(); i++) {
      CharSpan span = theirs.getCharTokenSpans()[i];
      int sequence = ours.sequence(i);
      // What a second post-processor counts as a sequence of its own is no text.
      if (span != null && sequence < texts.size() && sequence >= 0) {
        int[] positions = OffsetUnit.CODE_POINTS.positions(texts.get(sequence));
        if (ours.end(i) < positions.length) {
          assertEquals(span.getStart(), positions[ours.start(i)], where);
          assertEquals(span.getEnd(), positions[ours.end(i)], where);
        }
      }
    }
    assertEquals(theirs.getOverflowing().length, ours.overflowing().size(), where);
    for (int i = 0; i < theirs.getOverflowing().length; i++) {
      assertSame(theirs.getOverflowing()[i], ours.overflowing().get(i), texts, where);
    }
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  @Test
  void anyIdsDecodeToTheSameText() throws IOException {
    var parts = new RandomParts(43).tame();
    for (int i = 0; i < 300; i++) {
      Object json = parts.decoder();
      Decoder ours = json == null ? Decoder.JOIN : Decoder.read(RandomParts.part(json));
      try (var theirs = rust(with("decoder", json), AS_IT_IS)) {
        for (int t = 0; t < 20; t++) {
          long[] ids = parts.random.longs(1 + parts.random.nextInt(9), 0, WORDS.size()).toArray();
          List<String> tokens = Arrays.stream(ids).mapToObj(id -> WORDS.get((int) id)).toList();
          assertEquals(theirs.decode(ids, false), ours.decode(tokens), () -> json + " " + tokens);
        }
      }
    }
  }

  @Test
  void addedTokensAreFoundInTheSamePlaces() throws IOException {
    var parts = new RandomParts(44);
    List<String> letters =
        List.of("a", "b", "A", " ", " ", "\t", "é", "_", "-", "<x>", "😀", "\u0301", "\u3000");
    List<String> words = List.of("[UNK]", "a", "b", "ab", " ");
    for (int i = 0; i < 300; i++) {
      var tokens = new LinkedHashMap<String, AddedToken>();
      for (int t = parts.random.nextInt(6); t >= 0; t--) {
        // A blank that another token has taken along would break the peer, and with it this test.
        String content = parts.string(letters, 1, 3).replaceAll("[\\s\u3000]", "*");
        tokens.put(
            content,
            new AddedToken(
                words.size() + t,
                content,
                parts.random.nextInt(4) == 0,
                parts.random.nextInt(4) == 0,
                parts.random.nextInt(4) == 0,
                parts.random.nextBoolean(),
                parts.random.nextInt(3) == 0));
      }
      var listed = new ArrayList<>(tokens.values());
      var file = new LinkedHashMap<>(RandomParts.file(words));
      file.put("pre_tokenizer", null);
      file.put("added_tokens", listed.stream().map(RustTokenizerPartsTest::json).toList());
      Map<String, Integer> model = new HashMap<>();
      words.forEach(w -> model.put(w, model.size()));
      AddedVocabulary ours =
          AddedVocabulary.of(listed, w -> model.getOrDefault(w, -1), model.size(), t -> t);
      try (var theirs = rust(file, AS_IT_IS)) {
        for (int t = 0; t < 10; t++) {
          String text = parts.string(letters, 0, 12);
          var ids = new ArrayList<Integer>();
          ours.split(
              AlignedText.of(text),
              true,
              new AddedVocabulary.Segments() {
                @Override
                public void text(AlignedText between) {
                  ids.add(model.getOrDefault(between.text(), 0));
                }

                @Override
                public void token(int id, AlignedText surface) {
                  ids.add(id);
                }
              });
          assertEquals(
              Arrays.stream(theirs.encode(text).getIds()).mapToObj(id -> (int) id).toList(),
              ids,
              () -> "«" + text + "» " + listed);
        }
      }
    }
  }

  private static Map<String, Object> json(AddedToken t) {
    return Map.of(
        "id", t.id(),
        "content", t.content(),
        "single_word", t.singleWord(),
        "lstrip", t.leftStrip(),
        "rstrip", t.rightStrip(),
        "normalized", t.normalized(),
        "special", t.special());
  }
}
