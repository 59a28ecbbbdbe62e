package dev.imago.agreement;

/// What coefficients share: the agreement of pairs of judgements, and chance by pooled labels.
final class PairwiseAgreement {
  private PairwiseAgreement() {}

  static Agreement alone() {
    return new Agreement.Undefined("no item was judged by two");
  }

  /// The mean share of agreeing pairs over items with two judgements or more; NaN without any.
  static double observed(Judgements judgements) {
    double sum = 0;
    int items = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int from = judgements.from(item);
      int to = judgements.to(item);
      if (to - from < 2) {
        continue;
      }
      int same = 0;
      for (int i = from; i < to; i++) {
        for (int j = from; j < i; j++) {
          same += judgements.label(i) == judgements.label(j) ? 2 : 0;
        }
      }
      sum += (double) same / ((long) (to - from) * (to - from - 1));
      items++;
    }
    return items == 0 ? Double.NaN : sum / items;
  }

  /// Chance agrees where two draws from all labels do.
  static Agreement pooled(Judgements judgements) {
    double observed = observed(judgements);
    if (Double.isNaN(observed)) {
      return alone();
    }
    double expected = 0;
    for (double share : given(judgements)) {
      expected += share / judgements.size() * (share / judgements.size());
    }
    return Agreement.ofAgreement(observed, expected);
  }

  /// How often each label was given.
  static double[] given(Judgements judgements) {
    double[] given = new double[judgements.labels()];
    for (int i = 0; i < judgements.size(); i++) {
      given[judgements.label(i)]++;
    }
    return given;
  }

  /// The items that at least so many judged.
  static Judgements of(Judgements judgements, int least) {
    return judgements.drawn(
        java.util.stream.IntStream.range(0, judgements.items())
            .filter(item -> judgements.count(item) >= least)
            .toArray());
  }
}
