package dev.imago.ngram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NgramTrainerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Smoothing.class)
  void probabilitiesAreThoseOfTheDefinition(Smoothing smoothing) {
    for (int order = 1; order <= 4; order++) {
      check(NgramSettings.of(order).smoothing(smoothing), sentences(60, 9, order));
    }
  }

  @ParameterizedTest
  @EnumSource(Smoothing.class)
  void theyAreWhereRareOnesAreLeftOut(Smoothing smoothing) {
    check(NgramSettings.of(3).smoothing(smoothing).thresholds(0L, 1L, 2L), sentences(80, 9, 7));
  }

  @Test
  void oneWordAndOrdersBeyondTheTextWork() {
    check(NgramSettings.of(7), List.of(List.of("a")));
    check(NgramSettings.of(2), List.of(List.of()));
  }

  @Test
  void whatDoesNotFitIntoMemoryGivesTheSameBits() throws Exception {
    List<List<String>> sentences = sentences(6000, 4000, 3);
    Path large = write(NgramSettings.of(4), sentences, "large");
    // Sorted runs of counts; then the levels of the trie are full at one place or another.
    for (long memory : List.of(1L << 20, 2L << 20, 5L << 19, 3L << 20, 4L << 20)) {
      Path small = write(NgramSettings.of(4).memoryBytes(memory), sentences, "small");
      assertEquals(-1, Files.mismatch(large, small), memory + " bytes");
    }
    try (Stream<Path> left = Files.list(folder.resolve("runs"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aKilledCountingGoesOnToTheSameBits() throws Exception {
    List<List<String>> sentences = sentences(12000, 4000, 3);
    NgramSettings settings = NgramSettings.of(3).memoryBytes(1 << 20);
    Path whole = write(settings, sentences, "whole");
    Path scratch = folder.resolve("resumed");
    long[] before = new long[4];
    for (int kill = 0; kill < 3; kill++) {
      var words = new WordIds();
      try (var trainer = NgramTrainer.resumable(settings, words, scratch)) {
        before[kill] = trainer.resumed();
        for (List<String> sentence : sentences.subList(0, 5000 + 3500 * kill)) {
          trainer.add(sentence.stream().mapToInt(words::add).toArray());
        }
      }
      // What a kill leaves: a run that no journal tells of.
      Files.writeString(scratch.resolve("counts-%d.run".formatted(9 + kill)), "cut off");
    }
    var words = new WordIds();
    Path resumed = folder.resolve("resumed.ngram");
    try (var trainer = NgramTrainer.resumable(settings, words, scratch)) {
      before[3] = trainer.resumed();
      sentences.forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
      trainer.write(resumed);
    }
    assertTrue(
        before[0] == 0 && before[1] > 0 && before[2] > before[1], before[1] + " and " + before[2]);
    assertTrue(before[3] >= before[2]);
    assertEquals(-1, Files.mismatch(whole, resumed));
    assertTrue(Files.notExists(scratch.resolve("counts.journal")));
  }

  @Test
  void anotherTextThanTheOneCountedIsRefused() {
    NgramSettings settings = NgramSettings.of(3).memoryBytes(1 << 20);
    Path scratch = folder.resolve("other");
    for (int seed = 3; seed < 5; seed++) {
      var words = new WordIds();
      try (var trainer = NgramTrainer.resumable(settings, words, scratch)) {
        List<List<String>> sentences = sentences(6000, 4000, seed);
        if (seed == 3) {
          sentences.forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
        } else {
          assertThrows(
              IllegalArgumentException.class,
              () -> sentences.forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray())));
        }
      }
    }
  }

  @Test
  void tokensOfATokenizerAreAClosedVocabulary() {
    // The documents 1 2 and 1 3 with end-of-text 0: p(2 | 1) as worked out by hand.
    var tokens = new TokenIds(4, 0);
    Path file = folder.resolve("tokens.ngram");
    try (var trainer = new NgramTrainer(NgramSettings.of(2), tokens, folder.resolve("runs"))) {
      trainer.add(1, 2);
      trainer.add(1, 3);
      trainer.write(file);
    }
    try (var model = NgramModel.open(file)) {
      // Contexts before each token: 0: {2, 3}, 1: {<s>}, 2: {1}, 3: {1}; five in all, of which
      // D(2) + 3 · D(1) = 2.5 is held back and shared by four.
      double two = 0.5 / 5 + 2.5 / 5 / 4;
      int[] ids = {tokens.begin(), 1, 2};
      assertEquals(0.5 / 2 + 0.5 * two, Math.pow(10, model.log10(ids, 0, 2)), 1e-6);
      assertEquals(-1, model.unknown());
      assertEquals(NgramModel.NEVER, model.sentence(-1).log10()[0]);
    }
  }

  @Test
  void anEmptyTextIsRefused() {
    try (var trainer = new NgramTrainer(NgramSettings.of(2), new WordIds(), folder)) {
      assertThrows(
          IllegalArgumentException.class, () -> trainer.write(folder.resolve("none.ngram")));
    }
  }

  @Test
  void fallingThresholdsAreRefused() {
    var settings = NgramSettings.of(3);
    assertThrows(IllegalArgumentException.class, () -> settings.thresholds(0L, 2L, 1L));
    assertThrows(IllegalArgumentException.class, () -> settings.thresholds(1L));
  }

  private Path write(NgramSettings settings, List<List<String>> sentences, String name) {
    var words = new WordIds();
    Path file = folder.resolve(name + ".ngram");
    try (var trainer = new NgramTrainer(settings, words, folder.resolve("runs"))) {
      sentences.forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
      trainer.write(file);
    }
    return file;
  }

  private void check(NgramSettings settings, List<List<String>> sentences) {
    var definition = new Definition(settings, sentences);
    try (var model = NgramModel.open(write(settings, sentences, "checked"))) {
      var contexts = new ArrayList<List<String>>();
      contexts.add(List.of("<s>"));
      contexts.add(List.of("never", "seen"));
      for (List<String> sentence : sentences.subList(0, Math.min(12, sentences.size()))) {
        var before = new ArrayList<>(List.of("<s>"));
        for (String word : sentence) {
          before.add(word);
          contexts.add(List.copyOf(before));
        }
      }
      for (List<String> context : contexts) {
        double sum = 0;
        for (String word : definition.vocabulary()) {
          var ids = new ArrayList<>(context);
          ids.add(word);
          double log = model.log10(model.ids(ids.toArray(String[]::new)), 0, context.size());
          assertEquals(Math.log10(definition.p(context, word)), log, 1e-5, word + " | " + context);
          sum += Math.pow(10, log);
        }
        assertTrue(!settings.smoothing().normalised() || Math.abs(sum - 1) < 1e-5, "sum " + sum);
      }
    }
  }

  /// Skewed random sentences.
  static List<List<String>> sentences(int count, int vocabulary, int seed) {
    var random = new Random(seed);
    var all = new ArrayList<List<String>>();
    for (int s = 0; s < count; s++) {
      var words = new ArrayList<String>();
      for (int i = random.nextInt(12); i > 0; i--) {
        double u = random.nextDouble();
        words.add("w" + (int) (u * u * vocabulary));
      }
      all.add(words);
    }
    return all;
  }
}
