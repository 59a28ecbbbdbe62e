// Past 400 lines: makers of random parts and the one comparison that all of them go through.
package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.processors.PostProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Post-processors, truncation, padding, decoders and added tokens against Hugging Face's, made-up
/// ones by the thousand: see `conformance/README.md`.
@Tag("conformance")
class TokenizerPartsConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final List<String> WORDS = RandomParts.WORDS;

  @TempDir private Path folder;

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  private JsonNode ask(String command, List<?> cases) throws IOException, InterruptedException {
    Path in = Files.write(folder.resolve("in.json"), JSON.writeValueAsBytes(cases));
    Path out = folder.resolve("out.json");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                String.valueOf(System.getenv("IMAGO_PEERS")),
                ROOT.resolve("conformance/tokenizer_parts.py").toString(),
                command,
                in.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(log));
    return JSON.readTree(Files.readAllBytes(out));
  }

  private static Map<String, @Nullable Object> map(@Nullable Object... pairs) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return map;
  }

  private static Map<String, @Nullable Object> shown(Encoding e) {
    var offsets = IntStream.range(0, e.size()).mapToObj(i -> List.of(e.start(i), e.end(i)));
    var chars = new ArrayList<List<@Nullable Integer>>();
    var words = new ArrayList<List<@Nullable List<Integer>>>();
    for (int s = 0; s < 2; s++) {
      int sequence = s;
      chars.add(IntStream.range(0, 12).mapToObj(i -> orNull(e.charToToken(i, sequence))).toList());
      var spans = new ArrayList<@Nullable List<Integer>>();
      for (int w = 0; w < 4; w++) {
        Encoding.Span span = e.wordToTokens(w, s);
        spans.add(span == null ? null : List.of(span.from(), span.to()));
      }
      words.add(spans);
    }
    return map(
        "ids",
        e.ids(),
        "tokens",
        e.tokens(),
        "type_ids",
        e.typeIds(),
        "offsets",
        offsets.toList(),
        "words",
        orNulls(e.words()),
        "special",
        e.specialTokensMask(),
        "attention",
        e.attentionMask(),
        "sequences",
        orNulls(e.sequenceIds()),
        "n_sequences",
        e.sequences(),
        "char_to_token",
        chars,
        "word_to_tokens",
        words,
        "overflowing",
        e.overflowing().stream().map(TokenizerPartsConformanceTest::shown).toList());
  }

  private static @Nullable Integer orNull(OptionalInt value) {
    return value.isEmpty() ? null : value.getAsInt();
  }

  private static List<@Nullable Integer> orNulls(int[] values) {
    var list = new ArrayList<@Nullable Integer>();
    for (int value : values) {
      list.add(value < 0 ? null : Integer.valueOf(value));
    }
    return list;
  }

  private static @Nullable PostProcessor processor(@Nullable Object json) {
    return json == null ? null : PostProcessor.read(RandomParts.part(json));
  }

  private static @Nullable Encoding process(Map<String, @Nullable Object> c) {
    try {
      @SuppressWarnings("unchecked")
      var first = RandomParts.encoding((List<String>) c.get("first"));
      @SuppressWarnings("unchecked")
      var second =
          c.get("second") == null ? null : RandomParts.encoding((List<String>) c.get("second"));
      PostProcessor processor = processor(c.get("post_processor"));
      boolean special = Boolean.TRUE.equals(c.get("special"));
      List<Encoding> texts = second == null ? List.of(first) : List.of(first, second);
      if (c.get("truncation") != null) {
        Truncation truncation = Truncation.read(RandomParts.part(c.get("truncation")));
        int added = processor == null || !special ? 0 : processor.added(second != null);
        texts = truncation.less(added).apply(texts);
      }
      Encoding pair = texts.size() == 1 ? null : texts.getLast();
      Encoding done =
          processor == null
              ? PostProcessor.unprocessed(texts.getFirst(), pair)
              : processor.process(texts.getFirst(), pair, special);
      return c.get("padding") == null
          ? done
          : Padding.read(RandomParts.part(c.get("padding"))).apply(List.of(done)).getFirst();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Test
  void encodingsAreProcessedTruncatedAndPaddedAsTheirs() throws Exception {
    var parts = new RandomParts(31);
    var cases = new ArrayList<Map<String, @Nullable Object>>();
    for (int i = 0; i < 6_000; i++) {
      boolean isPair = parts.random.nextBoolean();
      cases.add(
          map(
              "words",
              WORDS,
              "post_processor",
              parts.postProcessor(),
              "truncation",
              parts.truncation(),
              "padding",
              parts.padding(),
              "first",
              parts.plainText(9),
              "second",
              isPair ? parts.plainText(7) : null,
              "special",
              parts.random.nextInt(4) > 0));
    }
    JsonNode answers = ask("process", cases);
    int refused = 0;
    for (int i = 0; i < cases.size(); i++) {
      Map<String, @Nullable Object> c = cases.get(i);
      Encoding ours = process(c);
      c.remove("words");
      if (answers.get(i).isNull() || ours == null) {
        // Where special tokens leave less than no room, the peer's lengths wrap round.
        boolean wraps = ours == null && hasNoRoom(c);
        assertTrue(
            ours == null && (answers.get(i).isNull() || wraps),
            () -> "refused: " + JSON.writeValueAsString(c));
        refused++;
        continue;
      }
      assertEquals(answers.get(i), RandomParts.json(shown(ours)), () -> JSON.writeValueAsString(c));
    }
    assertTrue(refused < cases.size() / 5, refused + " of " + cases.size() + " were refused");
  }

  private static boolean hasNoRoom(Map<String, @Nullable Object> c) {
    PostProcessor processor = processor(c.get("post_processor"));
    return processor != null
        && c.get("truncation") != null
        && processor.added(c.get("second") != null)
            > Truncation.read(RandomParts.part(c.get("truncation"))).maxLength();
  }

  @Test
  void batchesArePaddedAsTheirs() throws Exception {
    var parts = new RandomParts(32);
    var cases = new ArrayList<Map<String, @Nullable Object>>();
    for (int i = 0; i < 300; i++) {
      cases.add(
          map(
              "words",
              WORDS,
              "padding",
              parts.padding(),
              "texts",
              IntStream.range(0, parts.random.nextInt(5))
                  .mapToObj(t -> parts.plainText(12))
                  .toList()));
    }
    JsonNode answers = ask("batch", cases);
    for (int i = 0; i < cases.size(); i++) {
      var c = cases.get(i);
      @SuppressWarnings("unchecked")
      var texts = (List<List<String>>) c.get("texts");
      List<Encoding> ours =
          Objects.requireNonNull(texts).stream().map(RandomParts::encoding).toList();
      if (c.get("padding") != null) {
        ours = Padding.read(RandomParts.part(c.get("padding"))).apply(ours);
      }
      for (int t = 0; t < ours.size(); t++) {
        assertEquals(answers.get(i).get(t), RandomParts.json(shown(ours.get(t))));
      }
    }
  }

  @Test
  void idsAreDecodedAndStreamedAsTheirs() throws Exception {
    var parts = new RandomParts(33);
    var cases = new ArrayList<Map<String, @Nullable Object>>();
    for (int i = 0; i < 1_500; i++) {
      cases.add(
          map(
              "words",
              WORDS,
              "special",
              WORDS.subList(1, 6),
              "decoder",
              parts.decoder(),
              "ids",
              IntStream.range(0, 12)
                  .mapToObj(
                      t ->
                          parts.random.ints(parts.random.nextInt(9), 0, WORDS.size() + 2).toArray())
                  .toList()));
    }
    JsonNode answers = ask("decode", cases);
    int compared = 0;
    int streamed = 0;
    for (int i = 0; i < cases.size(); i++) {
      var c = cases.get(i);
      Decoder decoder =
          c.get("decoder") == null
              ? Decoder.JOIN
              : Decoder.read(RandomParts.part(c.get("decoder")));
      @SuppressWarnings("unchecked")
      var lists = (List<int[]>) Objects.requireNonNull(c.get("ids"));
      for (int t = 0; t < lists.size(); t++) {
        JsonNode theirs = answers.get(i).get(t);
        int[] ids = lists.get(t);
        String where = JSON.writeValueAsString(c.get("decoder")) + tokens(ids, false);
        if (theirs.get("whole").isString()) {
          String whole = decoder.decode(tokens(ids, false));
          assertEquals(theirs.get("whole").stringValue(), whole, where);
          compared++;
          if (theirs.get("stream").isArray()) {
            var text = new StringBuilder();
            theirs.get("stream").forEach(s -> text.append(s.isNull() ? "" : s.stringValue()));
            // Theirs never says that a stream is over, so the end may be missing.
            if (whole.contentEquals(text)) {
              streamed++;
            }
          }
        }
        if (theirs.get("plain").isString()) {
          assertEquals(theirs.get("plain").stringValue(), decoder.decode(tokens(ids, true)), where);
        }
      }
    }
    assertTrue(compared > 15_000, compared + " were decoded");
    assertTrue(streamed > compared / 2, streamed + " of " + compared + " streams were whole");
  }

  private static List<String> tokens(int[] ids, boolean skipSpecial) {
    return Arrays.stream(ids)
        .filter(id -> id < WORDS.size() && !(skipSpecial && id >= 1 && id < 6))
        .mapToObj(WORDS::get)
        .toList();
  }

  /// Normalizers whose whole effect is plain to see.
  private static final Map<String, UnaryOperator<AlignedText>> NORMALIZERS =
      Map.of(
          "null",
          t -> t,
          "{\"type\":\"Lowercase\"}",
          t -> changed(t, c -> Character.toString(Character.toLowerCase(c))),
          "{\"type\":\"Prepend\",\"prepend\":\"▁\"}",
          t -> t.isEmpty() ? t : t.rewrite().put("▁", 0).keep(0, t.length()).done(),
          "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}",
          t -> changed(t, c -> c == ' ' ? "▁" : Character.toString(c)),
          // Drops no letter of the made-up tokens, of which the peer breaks on an empty one.
          "{\"type\":\"Replace\",\"pattern\":{\"String\":\"-\"},\"content\":\"\"}",
          t -> changed(t, c -> c == '-' ? "" : Character.toString(c)));

  private static AlignedText changed(AlignedText text, IntFunction<String> change) {
    AlignedText.Rewriting out = text.rewrite();
    for (int i = 0; i < text.length(); i += Character.charCount(text.text().codePointAt(i))) {
      int c = text.text().codePointAt(i);
      String put = change.apply(c);
      if (put.equals(Character.toString(c))) {
        out.keep(i, i + Character.charCount(c));
      } else if (!put.isEmpty()) {
        out.put(put, i);
      }
    }
    return out.done();
  }

  @Test
  void addedTokensAreFoundAsTheirs() throws Exception {
    var parts = new RandomParts(34);
    List<String> letters =
        List.of(
            "a", "b", "A", "B", " ", " ", "  ", "\t", "é", "_", "-", "<x>", "😀", "\u0301", "▁",
            "\u3000");
    var cases = new ArrayList<Map<String, @Nullable Object>>();
    for (int i = 0; i < 2_000; i++) {
      var added = new ArrayList<Object>();
      for (int t = parts.random.nextInt(6); t >= 0; t--) {
        added.add(
            map(
                "id",
                parts.random.nextInt(90),
                "content",
                parts.string(letters, 0, 3).replace("-", "_"),
                "single_word",
                parts.random.nextInt(4) == 0,
                "lstrip",
                parts.random.nextInt(4) == 0,
                "rstrip",
                parts.random.nextInt(4) == 0,
                "normalized",
                parts.random.nextBoolean(),
                "special",
                parts.random.nextInt(3) == 0));
      }
      cases.add(
          map(
              "words",
              List.of("[UNK]", "a", "b", "ab", " "),
              "added_tokens",
              added,
              "normalizer",
              JSON.readTree(parts.any(NORMALIZERS.keySet().stream().sorted().toList())),
              "texts",
              IntStream.range(0, 8).mapToObj(t -> parts.string(letters, 0, 12)).toList(),
              "encode_special_tokens",
              parts.random.nextInt(4) == 0));
    }
    JsonNode answers = ask("added", cases);
    int broken = 0;
    for (int i = 0; i < cases.size(); i++) {
      JsonNode c = RandomParts.json(cases.get(i));
      var normalizer = Objects.requireNonNull(NORMALIZERS.get(c.get("normalizer").toString()));
      if (isAmbiguous(c, normalizer)) {
        continue;
      }
      Map<String, Integer> model = new HashMap<>();
      c.get("words").forEach(w -> model.put(w.stringValue(), model.size()));
      AddedVocabulary ours =
          AddedVocabulary.of(
              c.get("added_tokens")
                  .valueStream()
                  .map(t -> AddedToken.read(RandomParts.part(t)))
                  .toList(),
              w -> model.getOrDefault(w, -1),
              model.size(),
              normalizer);
      assertEquals(
          answers.get(i).get("listed"),
          RandomParts.json(ours.tokens().stream().map(t -> List.of(t.id(), t.content())).toList()),
          c::toString);
      for (int t = 0; t < c.get("texts").size(); t++) {
        JsonNode theirs = answers.get(i).get("texts").get(t);
        if (theirs.isNull()) {
          broken++;
          continue;
        }
        String text = c.get("texts").get(t).stringValue();
        assertEquals(
            theirs,
            RandomParts.json(found(ours, model, text, !c.get("encode_special_tokens").asBoolean())),
            () -> "«" + text + "» " + c);
      }
    }
    assertTrue(broken < 2_000, broken + " texts broke the peer");
  }

  /// Of two tokens that normalising makes the same, the peer finds one or the other, by chance.
  private static boolean isAmbiguous(JsonNode c, UnaryOperator<AlignedText> normalizer) {
    var contents = c.get("added_tokens").valueStream().map(t -> t.get("content").stringValue());
    List<String> normal =
        contents.distinct().map(t -> normalizer.apply(AlignedText.of(t)).text()).toList();
    return Set.copyOf(normal).size() < normal.size();
  }

  private static List<List<Object>> found(
      AddedVocabulary ours, Map<String, Integer> model, String text, boolean special) {
    var out = new ArrayList<List<Object>>();
    int[] positions = OffsetUnit.CODE_POINTS.positions(text);
    ours.split(
        AlignedText.of(text),
        special,
        new AddedVocabulary.Segments() {
          @Override
          public void text(AlignedText between) {
            int id = model.getOrDefault(between.text(), 0);
            add(id, id == 0 ? "[UNK]" : between.text(), between);
          }

          @Override
          public void token(int id, AlignedText surface) {
            add(id, surface.text(), surface);
          }

          private void add(int id, String spelling, AlignedText of) {
            out.add(
                List.of(
                    id,
                    spelling,
                    positions[of.originStart(0)],
                    positions[of.originEnd(of.length() - 1)]));
          }
        });
    return out;
  }
}
