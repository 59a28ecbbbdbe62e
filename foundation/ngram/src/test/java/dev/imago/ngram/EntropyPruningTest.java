package dev.imago.ngram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntropyPruningTest {
  @TempDir Path folder;

  @Test
  void whatIsLeftSumsToOneAndWhatGoesCostsLittle() {
    List<List<String>> sentences = NgramTrainerTest.sentences(400, 30, 2);
    try (var model = model(NgramSettings.of(3), sentences)) {
      double before = perplexity(model, sentences);
      double last = before;
      long grams = model.count(2) + model.count(3);
      for (double threshold : new double[] {1e-7, 1e-5, 1e-4}) {
        Path file = folder.resolve("pruned.ngram");
        EntropyPruning.prune(model, threshold, folder, 1 << 20, file);
        try (var pruned = NgramModel.open(file)) {
          assertTrue(pruned.count(2) + pruned.count(3) <= grams, threshold + " took nothing");
          grams = pruned.count(2) + pruned.count(3);
          sums(pruned, sentences);
          double now = perplexity(pruned, sentences);
          assertTrue(now >= last - 1e-6 && now < before * 1.5, before + " → " + now);
          last = now;
        }
      }
      assertTrue(grams < model.count(2) + model.count(3));
    }
  }

  @Test
  void theHighestThresholdLeavesWordsAlone() {
    try (var model = model(NgramSettings.of(2), NgramTrainerTest.sentences(300, 8, 3))) {
      Path most = folder.resolve("most.ngram");
      EntropyPruning.prune(model, 0.99, folder, 1 << 20, most);
      try (var pruned = NgramModel.open(most)) {
        assertEquals(0, pruned.count(2));
        // Words alone are left, and every context's weight is 1.
        int[] ids = pruned.ids("w0", "w1");
        assertEquals(pruned.log10(ids, 1, 1), pruned.log10(ids, 0, 1), 1e-6);
      }
    }
  }

  @Test
  void scoresThatDoNotSumToOneAreRefused() {
    try (var model =
        model(
            NgramSettings.of(2).smoothing(Smoothing.STUPID_BACKOFF),
            NgramTrainerTest.sentences(20, 5, 4))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> EntropyPruning.prune(model, 1e-7, folder, 1 << 20, folder.resolve("none")));
    }
  }

  @Test
  void weightsFittedByEmFindTheModelThatFits() {
    List<List<String>> one = NgramTrainerTest.sentences(300, 10, 5);
    List<List<String>> other = NgramTrainerTest.sentences(300, 40, 6);
    try (var near = model(NgramSettings.of(2), one, "near");
        var far = model(NgramSettings.of(2), other, "far")) {
      List<String[]> development =
          NgramTrainerTest.sentences(100, 10, 7).stream()
              .map(s -> s.toArray(String[]::new))
              .toList();
      var fitted = NgramMixture.fitted(List.of(far, near), development);
      assertTrue(fitted.weights()[1] > 0.7, "weight " + fitted.weights()[1]);
      double best = likelihood(fitted, development);
      for (double weight : new double[] {0.3, 0.5, fitted.weights()[1] - 0.02}) {
        var mixture = new NgramMixture(List.of(far, near), new double[] {1 - weight, weight});
        assertTrue(likelihood(mixture, development) <= best + 1e-6, "better at " + weight);
      }
    }
  }

  @Test
  void drawnSentencesAreThoseOfTheModel() {
    try (var model = model(NgramSettings.of(3), List.of(List.of("a", "b", "c")))) {
      // The likeliest; by the chain's sampler it is drawn in the tests of the commands.
      var sampler =
          new NgramSampler(
              model,
              scores ->
                  IntStream.range(0, scores.length)
                      .reduce((a, b) -> scores[b] > scores[a] ? b : a)
                      .orElseThrow());
      assertEquals(
          List.of("a", "b", "c"),
          java.util.Arrays.stream(sampler.sentence(10)).mapToObj(model::word).toList());
    }
  }

  private static double likelihood(NgramMixture mixture, List<String[]> sentences) {
    return sentences.stream().mapToDouble(s -> mixture.sentence(s).sum()).sum();
  }

  private static double perplexity(NgramModel model, List<List<String>> sentences) {
    var perplexity = new Perplexity();
    sentences.forEach(s -> perplexity.add(model.sentence(model.ids(s.toArray(String[]::new)))));
    return perplexity.all();
  }

  private static void sums(NgramModel model, List<List<String>> sentences) {
    for (List<String> sentence : sentences.subList(0, 10)) {
      int[] ids = model.ids(sentence.toArray(String[]::new));
      double sum = 0;
      for (double log : model.successors(ids)) {
        sum += Math.pow(10, log);
      }
      assertEquals(1, sum, 1e-4, sentence.toString());
    }
  }

  private NgramModel model(NgramSettings settings, List<List<String>> sentences) {
    return model(settings, sentences, "whole");
  }

  private NgramModel model(NgramSettings settings, List<List<String>> sentences, String name) {
    var words = new WordIds();
    Path file = folder.resolve(name + ".ngram");
    try (var trainer = new NgramTrainer(settings, words, folder)) {
      sentences.forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
      trainer.write(file);
    }
    return NgramModel.open(file);
  }
}
