package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.imago.fixtures.Cases;
import dev.imago.fixtures.RandomText;
import dev.imago.fixtures.SampleTexts;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.bytelevel.ByteLevelBpe;
import dev.imago.tokenizers.bytelevel.ByteLevelEncoder;
import dev.imago.tokenizers.bytelevel.IntList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The oracle that comes with the build: the Rust tokenizers over JNI.
class RustTokenizersTest {
  @TempDir private static Path folder;
  private static Tokenizer ours;
  private static HuggingFaceTokenizer theirs;

  @BeforeAll
  static void load() throws IOException, InterruptedException {
    // Its native library lies in its jar: nothing is fetched, nothing told, nothing left behind.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    ours = SmallTokenizer.train(800);
    Path file = Files.write(folder.resolve("tokenizer.json"), ours.toJson());
    try {
      theirs =
          HuggingFaceTokenizer.newInstance(
              file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    } catch (LinkageError | RuntimeException e) {
      abort("the Rust tokenizers do not load on this machine: " + e);
    }
  }

  /// Our model with another pattern.
  private static ByteLevelEncoder encoder(SplitPattern pattern) {
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = ours.id(String.valueOf(ByteLevel.spell(b))).orElseThrow();
    }
    var merges = new ArrayList<ByteLevelBpe.Merge>();
    for (String merge : ours.merges()) {
      String[] pair = merge.split(" ", -1);
      merges.add(
          new ByteLevelBpe.Merge(
              ours.id(pair[0]).orElseThrow(),
              ours.id(pair[1]).orElseThrow(),
              ours.id(pair[0] + pair[1]).orElseThrow()));
    }
    return new ByteLevelBpe(pattern.splitter(), byteIds, merges, new byte[0][]).encoder();
  }

  /// Their model with another pattern, spelt as files spell it: one Split after the other.
  private static HuggingFaceTokenizer rust(SplitPattern pattern) throws IOException {
    JsonMapper json = JsonMapper.shared();
    var parts = new ArrayList<Object>();
    for (String regex : pattern.regexes()) {
      parts.add(
          Map.of(
              "type",
              "Split",
              "pattern",
              Map.of("Regex", regex),
              "behavior",
              "Isolated",
              "invert",
              false));
    }
    parts.add(
        Map.of(
            "type", "ByteLevel",
            "add_prefix_space", false,
            "trim_offsets", false,
            "use_regex", false));
    ObjectNode root = (ObjectNode) json.readTree(ours.toJson());
    root.set("pre_tokenizer", json.valueToTree(Map.of("type", "Sequence", "pretokenizers", parts)));
    root.putArray("added_tokens");
    Path file = folder.resolve(pattern + ".json");
    Files.write(file, json.writeValueAsBytes(root));
    return HuggingFaceTokenizer.newInstance(
        file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
  }

  @ParameterizedTest
  @EnumSource
  void everyPatternSplitsAsTheirRegexEngineDoes(SplitPattern pattern) throws IOException {
    ByteLevelEncoder encoder = encoder(pattern);
    try (HuggingFaceTokenizer rust = rust(pattern)) {
      var random = new RandomText(13);
      for (int i = 0; i < Cases.of(2_500); i++) {
        String text = random.next() + (i % 4 == 0 ? random.next() + random.next() : "");
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        var out = new IntList();
        encoder.encode(utf8, 0, utf8.length, out);
        assertArrayEquals(ids(rust.encode(text).getIds()), out.toArray(), text);
      }
    }
  }

  private static int[] ids(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Test
  void idsOfRandomTextAreTheSame() {
    var random = new RandomText(11);
    for (int i = 0; i < Cases.of(5_000); i++) {
      String text = random.next();
      assertArrayEquals(ids(theirs.encode(text).getIds()), ours.encode(text), text);
    }
  }

  @Test
  void idsOfOurOwnSourcesAreTheSame() {
    for (String text : SampleTexts.list()) {
      assertArrayEquals(ids(theirs.encode(text).getIds()), ours.encode(text), text);
    }
  }

  @Test
  void idsOfLongRunsAreTheSame() {
    for (String unit : List.of("a", " ", "\n", "1", "😀", "ab", "'s", "-")) {
      String text = unit.repeat(3_000);
      assertArrayEquals(ids(theirs.encode(text).getIds()), ours.encode(text), unit);
    }
  }

  @Test
  void randomIdsDecodeToTheSameText() {
    var random = new Random(12);
    for (int i = 0; i < Cases.of(2_500); i++) {
      int[] ids = random.ints(random.nextInt(12), 0, ours.vocabularySize()).toArray();
      long[] longs = Arrays.stream(ids).asLongStream().toArray();
      assertEquals(theirs.decode(longs, false), ours.decode(ids, false));
      assertEquals(theirs.decode(longs, true), ours.decode(ids, true));
    }
  }
}
