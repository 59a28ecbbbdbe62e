package dev.imago.metrics;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Two systems' scores of the same items, and what can be said of their difference.
///
/// Items that are right or wrong, 0 or 1, are tested by [McNemar], others by approximate
/// randomisation ([PairedTest]).
///
/// @param first the score of each item
/// @param second of the same items
/// @param lowerIsBetter as of error rates
public record PairedScores(double[] first, double[] second, boolean lowerIsBetter) {
  /// Changed items below which only exact intervals keep what they say.
  private static final int FEW = 5;

  /// What is said of the first system beside the second.
  public enum Verdict {
    BETTER("better"),
    WORSE("worse"),
    /// The data do not tell, which is not that both are alike: see [#smallestDifference].
    NOT_TOLD_APART("not told apart");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /// For people.
    public String words() {
      return words;
    }
  }

  public PairedScores {
    if (first.length == 0 || first.length != second.length) {
      throw new IllegalArgumentException(
          "%,d and %,d items are not as many, or none; both systems answer the same ones"
              .formatted(first.length, second.length));
    }
    for (int i = 0; i < first.length; i++) {
      if (!Double.isFinite(first[i]) || !Double.isFinite(second[i])) {
        throw new IllegalArgumentException(
            "item %,d scores %s and %s; scores are finite numbers"
                .formatted(i + 1, first[i], second[i]));
      }
    }
  }

  /// Whether every item is right or wrong.
  public boolean rightOrWrong() {
    return IntStream.range(0, first.length)
        .allMatch(i -> (first[i] == 0 || first[i] == 1) && (second[i] == 0 || second[i] == 1));
  }

  /// The name of the test that [#p] is of.
  public String test() {
    return rightOrWrong() ? "McNemar, exact" : "approximate randomisation";
  }

  /// The chance, were both systems alike, of a difference as large as theirs; two-sided.
  public double p() {
    if (!rightOrWrong()) {
      return PairedTest.randomisation().p(first, second);
    }
    boolean[] a = new boolean[first.length];
    boolean[] b = new boolean[first.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = first[i] == 1;
      b[i] = second[i] == 1;
    }
    return McNemar.of(a, b).p();
  }

  /// The first system's mean less the second's, with the interval of the paired bootstrap.
  public Interval difference(Bootstrap bootstrap) {
    return bootstrap.interval(first.length, measure());
  }

  /// The same where items belong together: whole clusters are drawn.
  ///
  /// @param clusters the items of each
  public Interval difference(Bootstrap bootstrap, List<int[]> clusters) {
    return bootstrap.interval(clusters, measure());
  }

  /// The same where few items were changed: a bootstrap of none says [0, 0]. The exact intervals of
  /// both shares of changed items, each at half of what may fail, which together never cover less
  /// than they say; of scores that are not right or wrong, with each change as large as one can be.
  ///
  /// @param confidence 0 … 1, such as 0.95
  public Interval exactDifference(double confidence) {
    double each = 1 - (1 - confidence) / 2;
    Interval won = Proportion.exact(changed(1), first.length, each);
    Interval lost = Proportion.exact(changed(-1), first.length, each);
    if (rightOrWrong()) {
      return new Interval(
          won.value() - lost.value(), won.low() - lost.high(), won.high() - lost.low());
    }
    double most = mostOfOneItem();
    return new Interval(mean(first) - mean(second), -lost.high() * most, won.high() * most);
  }

  /// What an item's score can change by: 1 of what lies in 0 … 1; else the spread of all that were
  /// seen, or the largest where they are alike.
  private double mostOfOneItem() {
    DoubleSummaryStatistics all =
        DoubleStream.concat(DoubleStream.of(first), DoubleStream.of(second)).summaryStatistics();
    if (all.getMin() >= 0 && all.getMax() <= 1) {
      return 1;
    }
    double spread = all.getMax() - all.getMin();
    return spread > 0 ? spread : Math.abs(all.getMax());
  }

  /// Items whose score is higher in the first (1), or lower (−1).
  private int changed(int sign) {
    return (int)
        IntStream.range(0, first.length)
            .filter(i -> Math.signum(first[i] - second[i]) == sign)
            .count();
  }

  /// Whether so few items were changed that a bootstrap of them says too little: fewer than five
  /// one way of what is right or wrong, fewer than ten of other scores.
  public boolean fewChanged() {
    return rightOrWrong()
        ? Math.min(changed(1), changed(-1)) < FEW
        : changed(1) + changed(-1) < 2 * FEW;
  }

  private Bootstrap.Measure measure() {
    return Bootstrap.difference(Bootstrap.mean(first), Bootstrap.mean(second));
  }

  /// @param p of [#p], or raised by [Holm] where this is one comparison of several
  /// @param confidence of the verdict, such as 0.95
  public Verdict verdict(double p, double confidence) {
    double mean = mean(first) - mean(second);
    if (p >= 1 - confidence || mean == 0) {
      return Verdict.NOT_TOLD_APART;
    }
    return mean > 0 != lowerIsBetter ? Verdict.BETTER : Verdict.WORSE;
  }

  /// The verdict where items belong together, whose items a test would take for more than they are:
  /// by whether the interval over clusters leaves 0 out.
  public Verdict verdict(Interval ofClusters) {
    if (ofClusters.low() <= 0 && ofClusters.high() >= 0) {
      return Verdict.NOT_TOLD_APART;
    }
    return ofClusters.low() > 0 != lowerIsBetter ? Verdict.BETTER : Verdict.WORSE;
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /// The smallest true difference that so many items with such a spread of differences would show
  /// with a chance of `power`: (z₍₁₋α⁄₂₎ + z₍power₎) · s / √n. Where hardly an item was changed,
  /// its spread says nothing: then as many changes, all one way, as the test needs to tell the two
  /// apart (six at 0.95). NaN where so few items can show no difference at all.
  ///
  /// @param power 0.8 as a rule
  public double smallestDifference(double confidence, double power) {
    int n = first.length;
    double mean = mean(first) - mean(second);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double off = first[i] - second[i] - mean;
      squares += off * off;
    }
    double z =
        Distributions.normalQuantile((1 + confidence) / 2) + Distributions.normalQuantile(power);
    double bySpread = z * Math.sqrt(squares / (n - 1)) / Math.sqrt(n);
    int needed = 1;
    while (new McNemar(needed, 0).p() >= 1 - confidence) {
      needed++;
    }
    if (!rightOrWrong() && changed(1) + changed(-1) >= needed) {
      return bySpread;
    }
    if (n < needed) {
      return Double.NaN;
    }
    // The share of which n items hold as many as are needed with that chance.
    double share = Distributions.betaQuantile(needed, n - needed + 1.0, power);
    return Math.max(bySpread, share * mostOfOneItem());
  }

  /// The places of the items that the two score otherwise, those first that are farthest apart.
  public List<Integer> flipped() {
    var places = new ArrayList<Integer>();
    for (int i = 0; i < first.length; i++) {
      if (first[i] != second[i]) {
        places.add(i);
      }
    }
    places.sort(
        (a, b) -> Double.compare(Math.abs(first[b] - second[b]), Math.abs(first[a] - second[a])));
    return places;
  }
}
