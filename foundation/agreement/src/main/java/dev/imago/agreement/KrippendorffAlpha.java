package dev.imago.agreement;

/// Krippendorff's α: 1 − observed / expected disagreement over all pairs of labels of one item, and
/// over all pairs at all. Items that fewer than two judged count for nothing.
record KrippendorffAlpha(Distance distance) implements Coefficient {
  @Override
  public Agreement of(Judgements judgements) {
    double[] given = new double[judgements.labels()];
    double n = 0;
    for (int item = 0; item < judgements.items(); item++) {
      if (judgements.count(item) > 1) {
        n += judgements.count(item);
        for (int j = judgements.from(item); j < judgements.to(item); j++) {
          given[judgements.label(j)]++;
        }
      }
    }
    if (n == 0) {
      return PairwiseAgreement.alone();
    }
    Distance.Between between = distance.where(given);
    double observed = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int from = judgements.from(item);
      int to = judgements.to(item);
      double sum = 0;
      for (int i = from; i < to; i++) {
        for (int j = from; j < i; j++) {
          sum += between.of(judgements.label(i), judgements.label(j));
        }
      }
      observed += sum == 0 ? 0 : 2 * sum / (to - from - 1);
    }
    double expected =
        distance instanceof NominalDistance
            ? NominalDistance.pairs(given, n)
            : expected(given, between);
    return Agreement.ofDisagreement(observed / n, expected / (n * (n - 1)));
  }

  private static double expected(double[] given, Distance.Between between) {
    double expected = 0;
    for (int a = 0; a < given.length; a++) {
      for (int b = 0; b < a; b++) {
        if (given[a] > 0 && given[b] > 0) {
          expected += 2 * given[a] * given[b] * between.of(a, b);
        }
      }
    }
    return expected;
  }
}
