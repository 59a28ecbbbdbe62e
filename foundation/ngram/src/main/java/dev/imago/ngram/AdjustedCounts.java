package dev.imago.ngram;

import java.util.Arrays;

/// Counts of all orders, from those of the full order in suffix order, in one pass.
///
/// Of the longest n-grams, and of those that begin with `<s>`, it is how often they were seen; of
/// the others how many different words stood before them (Kneser & Ney 1995), or, where the
/// smoothing asks for it, how often they were seen as well.
final class AdjustedCounts {
  /// Counts of counts are kept up to this one.
  static final int MOST = 4;

  /// Takes each n-gram once, those of one order in suffix order.
  interface Sink {
    /// @param gram its words are the last n of it
    /// @param left whether it was seen too seldom, and is left out
    void take(int n, int[] gram, long count, boolean left);
  }

  private final NgramSettings settings;
  private final int order;
  private final int begin;
  private final Sink sink;
  private final int[] last;
  private final long[] seen;
  private final long[] different;
  private final long[][] countsOfCounts;

  /// How many words of the current n-gram are its own: N, or fewer with one `<s>` before them.
  private int length;

  AdjustedCounts(NgramSettings settings, int begin, Sink sink) {
    this.settings = settings;
    this.order = settings.order();
    this.begin = begin;
    this.sink = sink;
    this.last = new int[order];
    this.seen = new long[order + 1];
    this.different = new long[order + 1];
    this.countsOfCounts = new long[order + 1][MOST + 1];
  }

  /// @return by order, how many n-grams have the count 1, 2, 3 and 4
  long[][] of(RecordCursor counted) {
    while (counted.next()) {
      int[] gram = counted.record;
      long count = (long) gram[order] << 32 | gram[order + 1] & 0xffffffffL;
      int shared = shared(gram);
      if (shared < order) {
        start(gram, shared);
      }
      for (int n = 1; n <= length; n++) {
        seen[n] += count;
      }
    }
    flush(0);
    return countsOfCounts;
  }

  /// How many last words are those of the n-gram before; all of them where another run has it too.
  private int shared(int[] gram) {
    if (length == 0) {
      return 0;
    }
    int n = 0;
    while (n < order && gram[order - 1 - n] == last[order - 1 - n]) {
      n++;
    }
    return n;
  }

  private void start(int[] gram, int shared) {
    int kept = Math.min(shared, length);
    flush(kept);
    System.arraycopy(gram, 0, last, 0, order);
    length = order;
    while (length > 1 && last[order - length] == begin && last[order - length + 1] == begin) {
      length--;
    }
    if (order > 1 && length == 1) {
      throw new IllegalStateException("an n-gram of <s> alone");
    }
    if (kept > 0) {
      different[kept]++;
    }
    for (int n = kept + 1; n <= length; n++) {
      seen[n] = 0;
      different[n] = 1;
    }
  }

  /// Tells of the n-grams longer than `kept` words.
  private void flush(int kept) {
    for (int n = kept + 1; n <= length; n++) {
      boolean raw =
          n == order || last[order - n] == begin || settings.smoothing() != Smoothing.KNESER_NEY;
      long count = raw ? seen[n] : different[n];
      if (count <= MOST) {
        countsOfCounts[n][(int) count]++;
      }
      sink.take(n, last, count, seen[n] <= settings.threshold(n));
    }
    Arrays.fill(seen, kept + 1, order + 1, 0);
  }
}
