package dev.imago.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VectorTrainerTest {
  private static final int GROUPS = 4;

  @TempDir Path folder;

  /// Lines of words of one group each: words of a group stand near each other.
  private TrainingText text(VectorSettings settings) throws Exception {
    var random = new Random(5);
    var builder = new TrainingText.Builder(Files.createTempDirectory(folder, "text"));
    for (int line = 0; line < 1200; line++) {
      int group = random.nextInt(GROUPS);
      var words = new ArrayList<String>();
      for (int i = 0; i < 8; i++) {
        words.add("w" + (group * 10 + random.nextInt(10)));
      }
      builder.add(words);
    }
    return builder.finish(settings);
  }

  private static VectorSettings settings(
      VectorKind kind, OutputLoss loss, int longest, boolean free) {
    return new VectorSettings(
        kind,
        loss,
        20,
        4,
        kind == VectorKind.GLOVE ? 20 : 6,
        2,
        5,
        longest == 0 ? 0 : 3,
        longest,
        longest == 0 ? 0 : 500,
        0,
        kind == VectorKind.CBOW ? 0.2 : 0.05,
        0,
        100,
        free);
  }

  private static double inGroup(WordVectors vectors) {
    int right = 0;
    for (int word = 0; word < 10 * GROUPS; word++) {
      float[] of = vectors.vector("w" + word).orElseThrow();
      for (var near : vectors.nearest(of, 5, Set.of("w" + word, "</s>"))) {
        right += Integer.parseInt(near.word().substring(1)) / 10 == word / 10 ? 1 : 0;
      }
    }
    return right / (50.0 * GROUPS);
  }

  @ParameterizedTest
  @CsvSource({
    "SKIP_GRAM, NEGATIVE_SAMPLING, 0, 1",
    "SKIP_GRAM, NEGATIVE_SAMPLING, 4, 3",
    "SKIP_GRAM, HIERARCHICAL, 0, 2",
    "CBOW, NEGATIVE_SAMPLING, 0, 2",
    "CBOW, HIERARCHICAL, 4, 1"
  })
  void wordsThatStandTogetherComeNear(VectorKind kind, OutputLoss loss, int longest, int threads)
      throws Exception {
    VectorSettings settings = settings(kind, loss, longest, false);
    try (TrainingText text = text(settings)) {
      WordVectors vectors =
          new VectorTrainer(text, settings, 1, threads, null).train(_ -> {}).vectors();
      assertTrue(inGroup(vectors) > 0.9, "" + inGroup(vectors));
    }
  }

  @Test
  void gloveBringsThemNearToo() throws Exception {
    VectorSettings settings = settings(VectorKind.GLOVE, OutputLoss.NEGATIVE_SAMPLING, 0, false);
    try (TrainingText text = text(settings)) {
      WordVectors one = new GloveTrainer(text, settings, 1, 2, null).train(_ -> {});
      assertTrue(inGroup(one) > 0.9, "" + inGroup(one));
      WordVectors again = new GloveTrainer(text, settings, 1, 2, null).train(_ -> {});
      assertArrayEquals(one.rows().values(), again.rows().values());
    }
  }

  @Test
  void withoutLocksTheyComeNearToo() throws Exception {
    VectorSettings settings = settings(VectorKind.SKIP_GRAM, OutputLoss.NEGATIVE_SAMPLING, 0, true);
    try (TrainingText text = text(settings)) {
      assertTrue(
          inGroup(new VectorTrainer(text, settings, 1, 3, null).train(_ -> {}).vectors()) > 0.9);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void aKilledTrainingEndsInTheSameBits(int threads) throws Exception {
    VectorSettings settings =
        settings(VectorKind.SKIP_GRAM, OutputLoss.NEGATIVE_SAMPLING, 4, false);
    try (TrainingText text = text(settings)) {
      float[] whole = values(new VectorTrainer(text, settings, 1, threads, null).train(_ -> {}));
      Path scratch = Files.createDirectory(folder.resolve("scratch"));
      var killed = new VectorTrainer(text, settings, 1, threads, scratch);
      assertThrows(
          InterruptedException.class,
          () ->
              killed.train(
                  tokens -> {
                    if (tokens > 2 * text.size()) {
                      throw new InterruptedException();
                    }
                  }));
      var resumed = new VectorTrainer(text, settings, 1, threads, scratch);
      assertTrue(resumed.resumed() > 0);
      assertArrayEquals(whole, values(resumed.train(_ -> {})));
      assertFalse(Files.exists(scratch.resolve("vectors.checkpoint")));
      assertFalse(
          Arrays.equals(
              whole, values(new VectorTrainer(text, settings, 2, threads, null).train(_ -> {}))));
    }
  }

  private static float[] values(FastTextModel model) {
    return ((DenseMatrix) model.input()).values();
  }

  @Test
  void pairsThatStandTogetherByMoreThanChanceAreJoined() throws Exception {
    VectorSettings usual = settings(VectorKind.SKIP_GRAM, OutputLoss.NEGATIVE_SAMPLING, 0, false);
    var settings =
        new VectorSettings(
            usual.kind(), usual.loss(), 4, 2, 1, 2, 2, 0, 0, 0, 0, 0.05, 1, 4, false);
    var builder = new TrainingText.Builder(folder);
    var random = new Random(2);
    for (int i = 0; i < 200; i++) {
      builder.add(List.of("w" + random.nextInt(9), "new", "york", "w" + random.nextInt(9)));
    }
    try (TrainingText text = builder.finish(settings)) {
      assertEquals(200, text.words().count(text.words().id("new_york")));
      assertEquals(-1, text.words().id("new"));
      assertEquals(800, text.words().tokens());
    }
  }

  @Test
  void textsOfAlmostNothingAreTrainedOrRefused() throws Exception {
    VectorSettings settings = settings(VectorKind.SKIP_GRAM, OutputLoss.HIERARCHICAL, 4, false);
    var empty = new TrainingText.Builder(Files.createDirectory(folder.resolve("empty")));
    assertThrows(IllegalArgumentException.class, () -> empty.finish(settings));
    for (VectorKind kind : VectorKind.values()) {
      var one = new TrainingText.Builder(Files.createTempDirectory(folder, "one"));
      one.add(List.of("a", "a", "a"));
      VectorSettings of = settings(kind, OutputLoss.NEGATIVE_SAMPLING, 0, false);
      try (TrainingText text = one.finish(of)) {
        assertEquals(1, text.words().words());
        if (kind == VectorKind.GLOVE) {
          assertEquals(1, new GloveTrainer(text, of, 1, 2, null).train(_ -> {}).words().size());
        } else {
          FastTextModel model = new VectorTrainer(text, of, 1, 2, null).train(_ -> {});
          assertTrue(Float.isFinite(model.vector("a").orElseThrow()[0]));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(OutputLoss.class)
  void whatIsImpossibleIsToldBefore(OutputLoss loss) {
    if (loss == OutputLoss.SOFTMAX || loss == OutputLoss.ONE_AGAINST_ALL) {
      assertThrows(IllegalArgumentException.class, () -> settings(VectorKind.CBOW, loss, 0, false));
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new VectorSettings(
                VectorKind.CBOW,
                OutputLoss.HIERARCHICAL,
                4,
                2,
                1,
                2,
                2,
                5,
                3,
                9,
                0,
                0.05,
                0,
                0,
                false));
  }
}
