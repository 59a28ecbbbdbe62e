package dev.imago.agreement;

import java.util.BitSet;
import java.util.List;

/// How far two labels are apart, from their numbers: the difference function δ² of Krippendorff
/// 2011, «Computing Krippendorff's Alpha-Reliability», and the weights of Cohen 1968. 0 for a label
/// and itself.
@FunctionalInterface
public interface Distance {
  /// Between two labels, once it is known how often each was given.
  @FunctionalInterface
  interface Between {
    double of(int a, int b);
  }

  /// @param given how often each label was given
  Between where(double[] given);

  /// 1 between any two.
  static Distance nominal() {
    return new NominalDistance();
  }

  /// Of ranks, in the order of the labels' numbers: how many judgements lie between, squared.
  static Distance ordinal() {
    return given -> {
      double[] before = new double[given.length + 1];
      for (int i = 0; i < given.length; i++) {
        before[i + 1] = before[i] + given[i];
      }
      return (a, b) -> {
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        double between = before[high + 1] - before[low] - (given[low] + given[high]) / 2;
        return a == b ? 0 : between * between;
      };
    };
  }

  /// (x − y)².
  ///
  /// @param values what number each label stands for
  static Distance interval(double... values) {
    return _ -> (a, b) -> (values[a] - values[b]) * (values[a] - values[b]);
  }

  /// ((x − y) / (x + y))², of numbers of one sign.
  static Distance ratio(double... values) {
    return _ ->
        (a, b) -> {
          double sum = values[a] + values[b];
          double share = sum == 0 ? 0 : (values[a] - values[b]) / sum;
          return share * share;
        };
  }

  /// |x − y|: linear weights.
  static Distance linear(double... values) {
    return _ -> (a, b) -> Math.abs(values[a] - values[b]);
  }

  /// Of sets: 1 − Jaccard × monotonicity. Passonneau 2006, L06-1392.
  ///
  /// @param sets which set each label stands for
  static Distance masi(List<BitSet> sets) {
    return _ -> (a, b) -> masi(sets.get(a), sets.get(b));
  }

  private static double masi(BitSet a, BitSet b) {
    var both = (BitSet) a.clone();
    both.and(b);
    var either = (BitSet) a.clone();
    either.or(b);
    if (a.equals(b)) {
      return 0;
    }
    int common = both.cardinality();
    double monotone = both.equals(a) || both.equals(b) ? 2 / 3.0 : common > 0 ? 1 / 3.0 : 0;
    return 1 - monotone * common / either.cardinality();
  }

  /// @param weights symmetric, 0 on the diagonal
  static Distance of(double[][] weights) {
    return _ -> (a, b) -> weights[a][b];
  }
}
