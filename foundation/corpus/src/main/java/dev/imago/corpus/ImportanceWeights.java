package dev.imago.corpus;

/// How much rather a text is of a target than of what there is: hashed unigrams and bigrams of
/// words under a model of bags for each. DSIR, Xie et al. 2023, arXiv:2302.03169 §3: 10,000
/// buckets, and log p(target) − log p(raw) as the weight.
///
/// Words are runs of letters and digits in lower case, Han characters and kana one each. Counts are
/// whole numbers, so that the weights do not hang on the order in which texts came.
public final class ImportanceWeights {
  private static final int BUCKETS = 10_000;
  private static final long SEED = 1;

  private final long[] target = new long[BUCKETS];
  private final long[] raw = new long[BUCKETS];

  /// Takes a text of the target.
  public void target(String text) {
    count(text, target);
  }

  /// Takes a text of what there is.
  public void raw(String text) {
    count(text, raw);
  }

  /// Log importance of texts, once all are taken.
  public LogWeights logWeights() {
    double[] weights = new double[BUCKETS];
    double targets = sum(target);
    double raws = sum(raw);
    for (int b = 0; b < BUCKETS; b++) {
      // A bucket more for each, so that what a side has not seen is not impossible.
      weights[b] =
          Math.log((target[b] + 1) / (targets + BUCKETS))
              - Math.log((raw[b] + 1) / (raws + BUCKETS));
    }
    return new LogWeights(weights);
  }

  /// Of each bucket, how much more it belongs to the target.
  public static final class LogWeights {
    private final double[] weights;

    private LogWeights(double[] weights) {
      this.weights = weights;
    }

    /// log p(text | target) − log p(text | raw).
    public double of(String text) {
      long[] counts = new long[BUCKETS];
      count(text, counts);
      double sum = 0;
      for (int b = 0; b < BUCKETS; b++) {
        sum += counts[b] * weights[b];
      }
      return sum;
    }
  }

  private static double sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  private static void count(String text, long[] counts) {
    long before = 0;
    int length = text.length();
    for (int i = 0; i < length; ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (!Character.isLetterOrDigit(c)) {
        i = next;
        continue;
      }
      long word = Hash.mix(SEED + Character.toLowerCase(c));
      if (c < 0x80 || !Words.ideograph(c)) {
        for (; next < length; next += Character.charCount(c)) {
          c = text.codePointAt(next);
          if (!Character.isLetterOrDigit(c) || c >= 0x80 && Words.ideograph(c)) {
            break;
          }
          word = (word ^ Character.toLowerCase(c)) * Hash.GOLDEN;
        }
      }
      word = Hash.mix(word);
      counts[bucket(word)]++;
      if (before != 0) {
        counts[bucket(Hash.mix(before + word * Hash.GOLDEN))]++;
      }
      before = word;
      i = next;
    }
  }

  private static int bucket(long hash) {
    return (int) Long.remainderUnsigned(hash, BUCKETS);
  }
}
