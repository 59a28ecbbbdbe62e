package dev.imago.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static int[] ids(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Test
  void idsOfRandomTextAreTheSame() {
    var random = new RandomText(11);
    for (int i = 0; i < 20_000; i++) {
      String text = random.next();
      assertArrayEquals(ids(theirs.encode(text).getIds()), ours.encode(text), text);
    }
  }

  @Test
  void idsOfOurOwnSourcesAreTheSame() {
    for (String text : SmallTokenizer.texts()) {
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
    for (int i = 0; i < 5_000; i++) {
      int[] ids = random.ints(random.nextInt(12), 0, ours.vocabularySize()).toArray();
      long[] longs = Arrays.stream(ids).asLongStream().toArray();
      assertEquals(theirs.decode(longs, false), ours.decode(ids, false));
      assertEquals(theirs.decode(longs, true), ours.decode(ids, true));
    }
  }
}
