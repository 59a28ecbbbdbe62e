package dev.imago.active;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StrategyTest {
  private static final double[][] SAYS = {
    {0.9, 0.05, 0.05}, {0.5, 0.45, 0.05}, {0.4, 0.3, 0.3}, {0.34, 0.33, 0.33}, {1, 0, 0}
  };
  private static final double[] PLACES = {0, 1, 2, 10, 11};

  private static Pool pool(int[] unlabelled, int[] labelled) {
    return new Pool(
        unlabelled, labelled, SAYS, List.of(SAYS, SAYS), (a, b) -> PLACES[a] * PLACES[b]);
  }

  private static Pool all() {
    return pool(new int[] {0, 1, 2, 3, 4}, new int[0]);
  }

  private static SplittableRandom random() {
    return new SplittableRandom(42);
  }

  @Test
  void margin_takes_the_two_nearest_and_entropy_the_flattest() {
    assertArrayEquals(new int[] {3, 1}, Strategy.margin().choose(all(), 2, random()));
    assertArrayEquals(new int[] {3, 2}, Strategy.entropy().choose(all(), 2, random()));
  }

  @Test
  void disagreement_takes_what_two_models_tell_apart() {
    double[][] other = SAYS.clone();
    other[4] = new double[] {0, 1, 0};
    var pool = new Pool(new int[] {0, 1, 4}, new int[0], SAYS, List.of(SAYS, other), (a, b) -> 0);
    assertEquals(4, Strategy.disagreement().choose(pool, 1, random())[0]);
    var alone = new Pool(new int[] {0}, new int[0], SAYS, List.of(), (a, b) -> 0);
    assertThrows(
        IllegalArgumentException.class, () -> Strategy.disagreement().choose(alone, 1, random()));
  }

  @Test
  void k_centre_takes_the_farthest_from_what_is_labelled() {
    Pool pool = pool(new int[] {1, 2, 3, 4}, new int[] {0});
    assertArrayEquals(new int[] {4, 2}, Strategy.kCentre().choose(pool, 2, random()));
  }

  @Test
  void badge_draws_no_item_twice_and_begins_with_the_longest_gradient() {
    int[] chosen = Strategy.badge().choose(all(), 5, random());
    assertEquals(3, chosen[0]);
    assertEquals(5, Arrays.stream(chosen).distinct().count());
  }

  @Test
  void badge_hardly_draws_a_twin_of_what_it_has() {
    // Two groups of twins with equal gradients: two draws must come from both.
    double[][] says = {{0.6, 0.4}, {0.6, 0.4}, {0.6, 0.4}, {0.55, 0.45}};
    double[][] vectors = {{1, 0}, {1, 0}, {1, 0}, {0, 1}};
    var pool =
        new Pool(
            new int[] {0, 1, 2, 3},
            new int[0],
            says,
            List.of(),
            (a, b) -> vectors[a][0] * vectors[b][0] + vectors[a][1] * vectors[b][1]);
    int[] chosen = Strategy.badge().choose(pool, 2, random());
    Arrays.sort(chosen);
    assertEquals(3, chosen[1]);
  }

  @Test
  void a_mixture_takes_its_shares_without_repeats() {
    int[] chosen = Strategy.keepingRandom(0.4, Strategy.margin()).choose(all(), 5, random());
    assertEquals(5, Arrays.stream(chosen).distinct().count());
    assertThrows(
        IllegalArgumentException.class,
        () -> Strategy.mixture(new Strategy[] {Strategy.random()}, new double[] {0.5}));
  }

  @Test
  void the_same_seed_chooses_the_same() {
    for (Strategy strategy :
        List.of(Strategy.random(), Strategy.badge(), Strategy.kCentre(), Strategy.entropy())) {
      assertArrayEquals(strategy.choose(all(), 3, random()), strategy.choose(all(), 3, random()));
      assertEquals(5, strategy.choose(all(), 99, random()).length);
    }
  }
}
