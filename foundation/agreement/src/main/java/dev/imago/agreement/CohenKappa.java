package dev.imago.agreement;

/// Cohen's κ, weighted or not, over the items that both raters judged.
record CohenKappa(Distance weights) implements Coefficient {
  static Agreement ofTwo(String name, Judgements judgements) {
    return new Agreement.Undefined(
        "%s is of two raters, and here are %d; take a pair, or Krippendorff's α"
            .formatted(name, judgements.raters()));
  }

  @Override
  public Agreement of(Judgements judgements) {
    if (judgements.raters() != 2) {
      return ofTwo("Cohen's κ", judgements);
    }
    int labels = judgements.labels();
    double[][] given = new double[2][labels];
    double[][] together = new double[labels][labels];
    int items = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int a = judgements.label(item, 0);
      int b = judgements.label(item, 1);
      if (a >= 0 && b >= 0) {
        given[0][a]++;
        given[1][b]++;
        together[a][b]++;
        items++;
      }
    }
    if (items == 0) {
      return PairwiseAgreement.alone();
    }
    double[] pooled = new double[labels];
    for (int l = 0; l < labels; l++) {
      pooled[l] = given[0][l] + given[1][l];
    }
    Distance.Between between = weights.where(pooled);
    double most = 0;
    double observed = 0;
    double expected = 0;
    for (int a = 0; a < labels; a++) {
      for (int b = 0; b < labels; b++) {
        double weight = between.of(a, b);
        most = Math.max(most, weight);
        observed += weight * together[a][b] / items;
        expected += weight * given[0][a] / items * (given[1][b] / items);
      }
    }
    return most == 0
        ? Agreement.ofDisagreement(0, 0)
        : Agreement.ofDisagreement(observed / most, expected / most);
  }
}
