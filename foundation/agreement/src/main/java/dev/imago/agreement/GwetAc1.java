package dev.imago.agreement;

/// Gwet's AC1: chance agrees by Σ π(1 − π) / (labels − 1), π the mean share of a label in an item's
/// judgements.
record GwetAc1() implements Coefficient {
  @Override
  public Agreement of(Judgements judgements) {
    double observed = PairwiseAgreement.observed(judgements);
    if (Double.isNaN(observed)) {
      return PairwiseAgreement.alone();
    }
    if (judgements.labels() < 2) {
      return new Agreement.Undefined("AC1 needs two labels to choose from, and there is one");
    }
    double[] share = new double[judgements.labels()];
    int items = 0;
    for (int item = 0; item < judgements.items(); item++) {
      for (int j = judgements.from(item); j < judgements.to(item); j++) {
        share[judgements.label(j)] += 1.0 / judgements.count(item);
      }
      items += judgements.count(item) > 0 ? 1 : 0;
    }
    double expected = 0;
    for (double sum : share) {
      expected += sum / items * (1 - sum / items);
    }
    return Agreement.ofAgreement(observed, expected / (judgements.labels() - 1));
  }
}
