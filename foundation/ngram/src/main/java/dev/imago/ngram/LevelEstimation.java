package dev.imago.ngram;

/// Probabilities and back-off weights of counts that are in memory: the same numbers as
/// [Estimation] makes of sorted ones, by the places of contexts and suffixes in place of sorting.
final class LevelEstimation {
  private static final Contexts NONE =
      new Contexts(new int[0], new long[0], new int[0], new double[0]);

  private final CountLevels levels;
  private final Smoothing smoothing;
  private final Discounts[] discounts;
  private final int order;

  LevelEstimation(CountLevels levels, NgramSettings settings, Discounts[] discounts) {
    this.levels = levels;
    this.smoothing = settings.smoothing();
    this.discounts = discounts;
    this.order = settings.order();
  }

  /// N-grams of each order that are kept, from 1 on.
  long[] counts() {
    long[] counts = new long[order];
    counts[0] = levels.size(1);
    for (int n = 2; n <= order; n++) {
      for (int i = 0; i < levels.size(n); i++) {
        counts[n - 1] += levels.left(n, i) ? 0 : 1;
      }
    }
    return counts;
  }

  /// The contexts of one level, with what follows them.
  ///
  /// @param of each n-gram of the level above, its context
  /// @param all by context, what was counted
  /// @param different by context, how many words follow; empty where nobody asks
  /// @param weights by context, what is left to the lower order; 0 where none is kept
  private record Contexts(int[] of, long[] all, int[] different, double[] weights) {}

  /// The contexts of the n-grams of order n.
  private Contexts contexts(int n, int[] before) {
    int[] of = levels.contexts(n, before);
    int size = levels.size(n - 1);
    long[] all = new long[size];
    long[] left = new long[smoothing == Smoothing.STUPID_BACKOFF ? 0 : size];
    int[] different = new int[smoothing == Smoothing.WITTEN_BELL ? size : 0];
    double[] held = new double[size];
    boolean[] kept = new boolean[size];
    for (int i = 0; i < of.length; i++) {
      int context = of[i];
      int count = levels.count(n, i);
      boolean out = levels.left(n, i);
      all[context] += count;
      if (different.length > 0) {
        different[context]++;
      }
      if (out) {
        if (left.length > 0) {
          left[context] += count;
        }
      } else {
        held[context] += discounts[n].of(count);
        kept[context] = true;
      }
    }
    for (int c = 0; c < size; c++) {
      held[c] =
          kept[c]
              ? smoothing.backOff(
                  all[c],
                  left.length == 0 ? 0 : left[c],
                  different.length == 0 ? 0 : different[c],
                  held[c])
              : 0;
    }
    return new Contexts(of, all, different, held);
  }

  /// @param words log₁₀ of the words' own probabilities, by id
  void write(float[] words, TrieWriter trie) {
    float[] lower = words;
    Contexts contexts = NONE;
    for (int n = 1; n <= order; n++) {
      float[] logs = n == 1 ? words : logs(n, contexts, lower);
      Contexts above = n == order ? NONE : contexts(n + 1, contexts.of());
      write(n, logs, above.weights(), trie);
      lower = logs;
      contexts = above;
    }
    trie.force();
  }

  private float[] logs(int n, Contexts contexts, float[] lower) {
    float[] logs = new float[levels.size(n)];
    boolean stupid = smoothing == Smoothing.STUPID_BACKOFF;
    for (int parent = 0; parent < lower.length; parent++) {
      int to = levels.end(n - 1, parent);
      int i = levels.start(n - 1, parent);
      if (i == to) {
        continue;
      }
      double below = stupid ? 0 : Math.pow(10, lower[parent]);
      for (; i < to; i++) {
        int context = contexts.of()[i];
        int different = contexts.different().length == 0 ? 0 : contexts.different()[context];
        double share =
            (float)
                smoothing.share(
                    discounts[n], levels.count(n, i), contexts.all()[context], different);
        double p = stupid ? share : share + (float) contexts.weights()[context] * below;
        logs[i] = (float) Math.log10(p);
      }
    }
    return logs;
  }

  private void write(int n, float[] logs, double[] weights, TrieWriter trie) {
    long children = 0;
    long index = 0;
    for (int i = 0; i < logs.length; i++) {
      if (n > 1 && levels.left(n, i)) {
        continue;
      }
      double weight = weights.length == 0 ? 0 : weights[i];
      // Words have it in full, longer ones as it is sorted.
      float backOff = weight == 0 ? 0 : (float) Math.log10(n == 1 ? weight : (float) weight);
      trie.entry(n, index++, levels.word(n, i), logs[i], backOff, children);
      children += n == order ? 0 : kept(n, i);
    }
    if (n < order) {
      trie.end(n, index, children);
    }
  }

  /// How many children of an entry are kept.
  private long kept(int n, int at) {
    int kept = 0;
    for (int i = levels.start(n, at); i < levels.end(n, at); i++) {
      kept += levels.left(n + 1, i) ? 0 : 1;
    }
    return kept;
  }
}
