package dev.imago.active;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Choices that lie apart. Both take time of chosen × unlabelled.
final class Spread {
  private Spread() {}

  /// Greedy k-centre. The first of nothing labelled is drawn.
  static int[] farthest(Pool pool, int count, SplittableRandom random) {
    int[] items = pool.unlabelled();
    double[] nearest = new double[items.length];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int centre : pool.labelled()) {
      closer(pool, items, nearest, centre);
    }
    int[] chosen = new int[Math.min(count, items.length)];
    for (int k = 0; k < chosen.length; k++) {
      int best = k == 0 && pool.labelled().length == 0 ? random.nextInt(items.length) : 0;
      for (int i = 0; i < items.length; i++) {
        best = nearest[i] > nearest[best] ? i : best;
      }
      chosen[k] = items[best];
      closer(pool, items, nearest, items[best]);
      nearest[best] = Double.NEGATIVE_INFINITY;
    }
    return chosen;
  }

  private static void closer(Pool pool, int[] items, double[] nearest, int centre) {
    for (int i = 0; i < items.length; i++) {
      nearest[i] = Math.min(nearest[i], pool.likeness().apart(items[i], centre));
    }
  }

  /// k-means++ over the gradients (p − e_ŷ) ⊗ x, whose products are those of their factors.
  static int[] gradients(Pool pool, int count, SplittableRandom random) {
    int[] items = pool.unlabelled();
    double[][] error = new double[items.length][];
    double[] length = new double[items.length];
    for (int i = 0; i < items.length; i++) {
      error[i] = error(pool.probability()[items[i]]);
      length[i] = dot(error[i], error[i]) * pool.likeness().of(items[i], items[i]);
    }
    double[] nearest = length.clone();
    int[] chosen = new int[Math.min(count, items.length)];
    boolean[] taken = new boolean[items.length];
    for (int k = 0; k < chosen.length; k++) {
      int next = k == 0 ? greatest(length) : drawn(nearest, taken, random);
      chosen[k] = items[next];
      taken[next] = true;
      for (int i = 0; i < items.length; i++) {
        double product = dot(error[i], error[next]) * pool.likeness().of(items[i], items[next]);
        double apart = Math.max(0, length[i] + length[next] - 2 * product);
        nearest[i] = k == 0 ? apart : Math.min(nearest[i], apart);
      }
      nearest[next] = 0;
    }
    return chosen;
  }

  private static double[] error(double[] probability) {
    double[] error = probability.clone();
    error[greatest(error)] -= 1;
    return error;
  }

  private static int greatest(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static int drawn(double[] weights, boolean[] taken, SplittableRandom random) {
    double at = random.nextDouble() * Arrays.stream(weights).sum();
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if (!taken[i]) {
        last = i;
        at -= weights[i];
        if (at < 0) {
          return i;
        }
      }
    }
    return last; // all weights are 0, or rounding left a rest
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
