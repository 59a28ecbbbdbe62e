package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DryTest {
  private static Dry dry(int allowed, int last, Integer... breakers) {
    return new Dry(0.8f, 2, allowed, last, Set.of(breakers));
  }

  private static Map<Integer, Float> penalties(Dry dry, int... tokens) {
    return dry.penalties(tokens, tokens.length);
  }

  @Test
  void what_would_go_on_with_a_repetition_pays_by_its_length() {
    // The last two stood before 3, the last three before 9.
    assertEquals(Map.of(3, 0.8f), penalties(dry(2, -1), 1, 2, 3, 4, 1, 2));
    assertEquals(Map.of(9, 1.6f), penalties(dry(2, -1), 7, 1, 2, 9, 7, 1, 2));
    assertEquals(Map.of(), penalties(dry(3, -1), 1, 2, 3, 4, 1, 2));
    assertEquals(Map.of(), penalties(dry(2, -1), 1, 2, 3, 4));
  }

  @Test
  void a_breaker_and_the_edge_of_the_window_end_what_counts() {
    assertEquals(Map.of(), penalties(dry(2, -1, 2), 1, 2, 3, 4, 1, 2));
    assertEquals(Map.of(9, 0.8f), penalties(dry(2, -1, 7), 7, 1, 2, 9, 7, 1, 2));
    assertEquals(Map.of(), penalties(dry(2, 5), 1, 2, 3, 4, 1, 2));
  }

  @Test
  void the_lengths_are_those_of_a_plain_search() {
    var random = new Random(3);
    for (int round = 0; round < 300; round++) {
      int[] tokens = random.ints(random.nextInt(40), 0, 3).toArray();
      var plain = new HashMap<Integer, Float>();
      for (int at = 0; at < tokens.length - 1; at++) {
        int length = 0;
        while (length <= at && tokens[at - length] == tokens[tokens.length - 1 - length]) {
          length++;
        }
        if (length >= 2) {
          plain.merge(tokens[at + 1], (float) (0.8 * Math.pow(2, length - 2)), Math::max);
        }
      }
      Map<Integer, Float> found = penalties(dry(2, -1), tokens);
      assertEquals(plain.keySet(), found.keySet());
      plain.forEach((id, off) -> assertEquals(off, found.get(id), 1e-4f * off));
    }
  }

  @Test
  void a_long_repetition_pays_a_finite_penalty_and_is_left() {
    int[] same = new int[3000];
    assertTrue(Float.isFinite(penalties(dry(2, -1), same).get(0)));
    var penalties = new Penalties(1, 0, 0, Map.of(), dry(2, -1));
    var sampler =
        new Sampler(
            new Sampling(0, SamplingTruncation.NONE, penalties, 0, Ending.after(9)),
            new int[] {1, 1, 1, 1, 1});
    assertEquals(0, sampler.next(new float[] {0, 1}));
    assertEquals(1, sampler.next(new float[] {0, 1}), "what it said itself counts, too");
    assertThrows(IllegalArgumentException.class, () -> dry(0, -1));
  }
}
