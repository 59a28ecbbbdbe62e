package dev.imago.active;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A part by each strategy; what one chose, the next does not see. Parts are rounded so that their
/// sum is the count.
record Mixture(Strategy[] strategies, double[] shares) implements Strategy {
  Mixture {
    boolean within = Arrays.stream(shares).allMatch(s -> s >= 0 && s <= 1);
    if (shares.length != strategies.length
        || !within
        || Math.abs(Arrays.stream(shares).sum() - 1) > 1e-9) {
      throw new IllegalArgumentException(
          "the shares %s of %d strategies do not sum to 1; give one for each"
              .formatted(Arrays.toString(shares), strategies.length));
    }
  }

  @Override
  public int[] choose(Pool pool, int count, SplittableRandom random) {
    int[] chosen = new int[Math.min(count, pool.unlabelled().length)];
    int size = 0;
    double sum = 0;
    int[] left = pool.unlabelled();
    for (int s = 0; s < strategies.length; s++) {
      sum += shares[s];
      int upTo = s == strategies.length - 1 ? chosen.length : (int) Math.round(sum * chosen.length);
      int[] part = strategies[s].choose(pool.among(left), upTo - size, random);
      System.arraycopy(part, 0, chosen, size, part.length);
      size += part.length;
      int[] sorted = part.clone();
      Arrays.sort(sorted);
      left = Arrays.stream(left).filter(i -> Arrays.binarySearch(sorted, i) < 0).toArray();
    }
    return chosen;
  }
}
