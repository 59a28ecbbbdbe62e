package dev.imago.evaluate;

/// The bigram baseline: interpolated modified Kneser–Ney. Chen & Goodman 1999, «An empirical study
/// of smoothing techniques for language modeling», §3, the strongest of those it compares.
///
/// p(w | v) = (c(v w) − D(c(v w))) / c(v) + γ(v) · q(w), where q is built likewise from the number
/// of different contexts of w, and rests on the uniform distribution. The three discounts of each
/// level come from its counts of counts; where those are too few to tell, they are 0.5, 1 and 1.5.
///
/// *v context, w next token, V vocabulary.*
final class KneserNey implements Baseline {
  private final BigramCounts counts;
  private final Discounts discounts;
  private final double[] lower;
  private final double[] contextUses;
  private final double[] backOff;

  KneserNey(BigramCounts counts) {
    this.counts = counts;
    int v = counts.vocabulary();
    int[] contexts = new int[v];
    long[] countsOfCounts = new long[5];
    for (int i = 0; i < counts.distinct(); i++) {
      contexts[counts.successor(i)]++;
      tally(countsOfCounts, counts.count(i));
    }
    discounts = Discounts.of(countsOfCounts);
    lower = lower(contexts);
    contextUses = new double[v];
    backOff = new double[v];
    for (int context = 0; context < v; context++) {
      double held = 0;
      for (int i = counts.row(context); i < counts.row(context + 1); i++) {
        contextUses[context] += counts.count(i);
        held += discounts.of(counts.count(i));
      }
      backOff[context] = contextUses[context] == 0 ? 1 : held / contextUses[context];
    }
  }

  private static double[] lower(int[] contexts) {
    long[] countsOfCounts = new long[5];
    long sum = 0;
    for (int n : contexts) {
      tally(countsOfCounts, n);
      sum += n;
    }
    Discounts discounts = Discounts.of(countsOfCounts);
    double held = 0;
    for (int n : contexts) {
      held += discounts.of(n);
    }
    double uniform = 1.0 / contexts.length;
    double[] lower = new double[contexts.length];
    for (int w = 0; w < lower.length; w++) {
      lower[w] =
          sum == 0
              ? uniform
              : (contexts[w] - discounts.of(contexts[w])) / sum + held / sum * uniform;
    }
    return lower;
  }

  private static void tally(long[] countsOfCounts, int count) {
    if (count > 0 && count < countsOfCounts.length) {
      countsOfCounts[count]++;
    }
  }

  @Override
  public double probability(int context, int token) {
    double q = backOff[context] * lower[token];
    int count = counts.count(context, token);
    return count == 0 ? q : (count - discounts.of(count)) / contextUses[context] + q;
  }

  /// What is taken from counts of 1, of 2, and of 3 or more.
  private record Discounts(double one, double two, double more) {
    private static final Discounts USUAL = new Discounts(0.5, 1, 1.5);

    /// @param n how many things were counted once, twice, … four times, at 1 … 4
    static Discounts of(long[] n) {
      double y = (double) n[1] / (n[1] + 2 * n[2]);
      var discounts =
          new Discounts(1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]);
      boolean sane =
          within(discounts.one, 1) && within(discounts.two, 2) && within(discounts.more, 3);
      return sane ? discounts : USUAL;
    }

    /// False for what is not a number, too.
    private static boolean within(double discount, int count) {
      return discount > 0 && discount < count;
    }

    double of(int count) {
      return switch (count) {
        case 0 -> 0;
        case 1 -> one;
        case 2 -> two;
        default -> more;
      };
    }
  }
}
