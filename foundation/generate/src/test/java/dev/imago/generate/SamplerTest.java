package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private static Sampling sampling(float temperature, float topP, int topK, long seed) {
    return sampling(temperature, new SamplingTruncation(topK, topP, 0, 1), Penalties.NONE, seed);
  }

  private static Sampling sampling(
      float temperature, SamplingTruncation truncation, Penalties penalties, long seed) {
    return new Sampling(temperature, truncation, penalties, seed, Ending.after(100));
  }

  private static final float[] SCORES = {1f, 3f, 2f, -1f, 0f};

  private static Set<Integer> drawn(Sampling sampling) {
    var sampler = new Sampler(sampling, new int[0]);
    var seen = new HashSet<Integer>();
    for (int i = 0; i < 5000; i++) {
      seen.add(sampler.next(SCORES.clone()));
    }
    return seen;
  }

  @Test
  void temperature_nought_takes_the_likeliest_and_the_lowest_of_equals() {
    var sampler = new Sampler(Sampling.greedy(5), new int[0]);
    assertEquals(1, sampler.next(SCORES.clone()));
    assertEquals(1, sampler.next(new float[] {0, 5, 5}));
  }

  @Test
  void top_k_and_top_p_keep_the_likeliest() {
    assertEquals(Set.of(0, 1, 2, 3, 4), drawn(sampling(1, 1, 0, 1)));
    assertEquals(Set.of(1, 2), drawn(sampling(1, 1, 2, 1)));
    // Probabilities: 0.64, 0.24, 0.09, 0.03, 0.01
    assertEquals(Set.of(1), drawn(sampling(1, 0.6f, 0, 1)));
    assertEquals(Set.of(1, 2), drawn(sampling(1, 0.7f, 0, 1)));
    assertEquals(Set.of(0, 1, 2), drawn(sampling(1, 0.9f, 0, 1)));
    // Of the two that top-k leaves, the first has 0.73.
    assertEquals(Set.of(1), drawn(sampling(1, 0.7f, 2, 1)));
  }

  @Test
  void draws_follow_the_probabilities() {
    var sampler = new Sampler(sampling(2, 1, 0, 7), new int[0]);
    double[] expected = new double[5];
    double sum = 0;
    for (int i = 0; i < 5; i++) {
      expected[i] = Math.exp(SCORES[i] / 2);
      sum += expected[i];
    }
    int n = 40_000;
    int[] counts = new int[5];
    for (int i = 0; i < n; i++) {
      counts[sampler.next(SCORES.clone())]++;
    }
    for (int i = 0; i < 5; i++) {
      double p = expected[i] / sum;
      // Five standard deviations.
      assertEquals(p, counts[i] / (double) n, 5 * Math.sqrt(p * (1 - p) / n));
    }
  }

  @Test
  void the_seed_decides() {
    var a = new Sampler(sampling(1, 1, 0, 5), new int[0]);
    var b = new Sampler(sampling(1, 1, 0, 5), new int[0]);
    var c = new Sampler(sampling(1, 1, 0, 6), new int[0]);
    var first = new StringBuilder();
    var second = new StringBuilder();
    var third = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      first.append(a.next(SCORES.clone()));
      second.append(b.next(SCORES.clone()));
      third.append(c.next(SCORES.clone()));
    }
    assertEquals(first.toString(), second.toString());
    assertNotEquals(first.toString(), third.toString());
  }

  private static Sampling penalised(
      float repetition, float presence, float frequency, Map<Integer, Float> bias) {
    return sampling(
        0, SamplingTruncation.NONE, new Penalties(repetition, presence, frequency, bias), 0);
  }

  private static Set<Integer> kept(int topK, float topP, float minP, float typicalP) {
    return drawn(
        sampling(1, new SamplingTruncation(topK, topP, minP, typicalP), Penalties.NONE, 1));
  }

  @Test
  void min_p_keeps_what_is_not_much_less_likely_than_the_likeliest() {
    // Beside the likeliest: 1, 0.37, 0.14, 0.05, 0.02
    assertEquals(Set.of(1, 2), kept(0, 1, 0.3f, 1));
    assertEquals(Set.of(0, 1, 2, 4), kept(0, 1, 0.04f, 1));
    assertEquals(Set.of(1), kept(0, 1, 1, 1), "the likeliest stays");
    assertEquals(Set.of(1, 2), kept(2, 1, 0.04f, 1), "after top-k");
  }

  @Test
  void typical_p_keeps_what_is_as_surprising_as_is_to_be_expected() {
    // −ln p: 0.45, 1.45, 2.45, 3.45, 4.45; the entropy, 0.99, is between the first two, nearer the
    // second.
    assertEquals(Set.of(2), kept(0, 1, 0, 0.2f));
    assertEquals(Set.of(1, 2), kept(0, 1, 0, 0.3f));
    assertEquals(Set.of(0, 1, 2), kept(0, 1, 0, 0.9f));
  }

  @Test
  void a_bias_is_added_before_the_choice() {
    assertEquals(
        4, new Sampler(penalised(1, 0, 0, Map.of(4, 100f)), new int[0]).next(SCORES.clone()));
    assertEquals(
        2, new Sampler(penalised(1, 0, 0, Map.of(1, -100f)), new int[0]).next(SCORES.clone()));
  }

  @Test
  void a_barred_token_is_not_chosen() {
    assertEquals(
        2, new Sampler(Sampling.greedy(5), new int[0]).next(SCORES.clone(), Set.of(1), null));
  }

  @Test
  void scores_that_are_no_numbers_are_refused_and_minus_infinity_is_one() {
    float[] broken = SCORES.clone();
    broken[3] = Float.NaN;
    for (Sampling each : List.of(Sampling.greedy(5), sampling(1, 1, 0, 1))) {
      var sampler = new Sampler(each, new int[0]);
      sampler.next(SCORES.clone());
      String message =
          assertThrows(NotFiniteException.class, () -> sampler.next(broken.clone())).toString();
      assertTrue(message.contains("NaN") && message.contains("after 1 tokens"), message);
    }
    var sampler = new Sampler(Sampling.greedy(5), new int[0]);
    float none = Float.NEGATIVE_INFINITY;
    assertEquals(1, sampler.next(new float[] {none, -9, none}));
    assertThrows(NotFiniteException.class, () -> sampler.next(new float[] {none, none}));
    assertThrows(
        NotFiniteException.class, () -> sampler.next(new float[] {1, Float.POSITIVE_INFINITY}));
  }

  @Test
  void penalties_fall_on_what_was_said() {
    var repetition = new Sampler(penalised(2, 0, 0, Map.of()), new int[] {1});
    assertEquals(2, repetition.next(SCORES.clone())); // 3 / 2 < 2
    assertEquals(1, repetition.next(SCORES.clone())); // then 2 / 2 too
    var presence = new Sampler(penalised(1, 1.5f, 0, Map.of()), new int[] {1});
    assertEquals(1, presence.next(SCORES.clone())); // the prompt does not count
    assertEquals(2, presence.next(SCORES.clone()));
    var frequency = new Sampler(penalised(1, 0, 0.6f, Map.of()), new int[] {});
    assertEquals(1, frequency.next(SCORES.clone()));
    assertEquals(1, frequency.next(SCORES.clone()));
    assertEquals(2, frequency.next(SCORES.clone()));
  }

  @Test
  void settings_that_cannot_be_are_refused_with_their_bound() {
    assertThrows(IllegalArgumentException.class, () -> sampling(-1, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> sampling(Float.NaN, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> sampling(1, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> sampling(1, 1, -1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Request(new int[] {1}, Sampling.greedy(0)));
    assertThrows(
        IllegalArgumentException.class, () -> Sampling.greedy(1).withStop(List.of("a", "")));
    assertThrows(IllegalArgumentException.class, () -> new SamplingTruncation(0, 1, 1.1f, 1));
    assertThrows(IllegalArgumentException.class, () -> new SamplingTruncation(0, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Penalties(0, 0, 0, Map.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new Ending(5, 6, false, Set.of(), List.of()));
    String message =
        assertThrows(IllegalArgumentException.class, () -> sampling(1, 1.5f, 0, 0)).getMessage();
    assertEquals("topP = 1.5 is not above 0 and at most 1", message);
  }
}
