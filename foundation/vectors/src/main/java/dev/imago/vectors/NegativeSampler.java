package dev.imago.vectors;

/// Draws words in proportion to a power of their counts, in constant time: Vose's alias method
/// (1991), whose two small tables stay in the cache.
final class NegativeSampler {
  private final float[] keep;
  private final int[] alias;

  /// @param power of the counts: 0.5 as fastText has it, 0.75 as word2vec
  NegativeSampler(long[] counts, double power) {
    int n = counts.length;
    keep = new float[n];
    alias = new int[n];
    double[] weight = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      weight[i] = Math.pow(counts[i], power);
      sum += weight[i];
    }
    int[] waiting = new int[n]; // the small ones from the left, the large ones from the right
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      weight[i] *= n / sum;
      if (weight[i] < 1) {
        waiting[small++] = i;
      } else {
        waiting[--large] = i;
      }
    }
    while (small > 0 && large < n) {
      int less = waiting[--small];
      int more = waiting[large];
      keep[less] = (float) weight[less];
      alias[less] = more;
      weight[more] -= 1 - weight[less];
      if (weight[more] < 1) {
        large++;
        waiting[small++] = more;
      }
    }
    while (large < n) {
      keep[waiting[large++]] = 1;
    }
    while (small > 0) {
      keep[waiting[--small]] = 1;
    }
  }

  /// A word that is not `besides`; −1 where there is no other.
  int draw(RandomStream random, int besides) {
    if (keep.length < 2) {
      return -1;
    }
    while (true) {
      long bits = random.next();
      int at = (int) ((bits >>> 32) * keep.length >>> 32);
      int drawn = (bits & 0xffffff) * 0x1p-24f < keep[at] ? at : alias[at];
      if (drawn != besides) {
        return drawn;
      }
    }
  }
}
