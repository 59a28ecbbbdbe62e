package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is drawn is as frequent as it is likely, by Pearson's χ² at a level of 1 in 1,000.
final class DrawnFrequenciesTest {
  private static final float[] SCORES = {2.1f, 0.3f, 1.7f, -0.4f, 0.9f, 1.2f, -2f, 0.1f};
  private static final int DRAWS = 20_000;

  /// Of so many degrees of freedom, from 1.
  private static final double[] CRITICAL = {10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322};

  private static double[] softmax(float[] scores, double temperature) {
    double[] p = new double[scores.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(scores[i] / temperature);
    }
    return normal(p);
  }

  private static double[] normal(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  private static void check(Sampling sampling, double[] expected) {
    int[] counts = new int[SCORES.length];
    // A sampler draws one answer; penalties of what it said are not of this test.
    var sampler = new Sampler(sampling, new int[] {2, 4});
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.next(SCORES.clone())]++;
    }
    double statistic = 0;
    int kinds = 0;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == 0) {
        assertTrue(counts[i] == 0, "token " + i + " was left out and came");
        continue;
      }
      kinds++;
      double wanted = expected[i] * DRAWS;
      statistic += (counts[i] - wanted) * (counts[i] - wanted) / wanted;
    }
    assertTrue(statistic < CRITICAL[kinds - 2], "χ² = " + statistic);
  }

  private static Sampling sampling(
      float temperature, SamplingTruncation truncation, Penalties penalties) {
    return new Sampling(temperature, truncation, penalties, 17, Ending.after(1));
  }

  @Test
  void at_every_temperature() {
    for (float temperature : new float[] {0.5f, 1, 1.8f}) {
      check(
          sampling(temperature, SamplingTruncation.NONE, Penalties.NONE),
          softmax(SCORES, temperature));
    }
  }

  @Test
  void with_a_bias() {
    float[] biased = SCORES.clone();
    biased[6] += 3;
    biased[0] -= 1.5f;
    check(
        sampling(1, SamplingTruncation.NONE, new Penalties(1, 0, 0, Map.of(6, 3f, 0, -1.5f))),
        softmax(biased, 1));
  }

  @Test
  void of_the_likeliest_that_are_left_in() {
    double[] p = softmax(SCORES, 1);
    double[] four = p.clone();
    for (int left : new int[] {1, 3, 6, 7}) {
      four[left] = 0; // 0, 2, 5 and 4 are the likeliest
    }
    check(sampling(1, new SamplingTruncation(4, 1, 0, 1), Penalties.NONE), normal(four));
    double[] two = p.clone();
    for (int left : new int[] {1, 3, 4, 5, 6, 7}) {
      two[left] = 0; // 0.38 and 0.26 are the first with at least 0.6
    }
    check(sampling(1, new SamplingTruncation(0, 0.6f, 0, 1), Penalties.NONE), normal(two));
    double[] near = p.clone();
    for (int i = 0; i < p.length; i++) {
      near[i] = p[i] < 0.2 * p[0] ? 0 : p[i];
    }
    check(sampling(1, new SamplingTruncation(0, 1, 0.2f, 1), Penalties.NONE), normal(near));
  }
}
