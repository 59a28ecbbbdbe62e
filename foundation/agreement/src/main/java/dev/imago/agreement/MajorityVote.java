package dev.imago.agreement;

import java.util.Arrays;

/// Shares of votes; a rater's competence is how often the majority agrees, half where it is tied.
record MajorityVote() implements Aggregator {
  @Override
  public Consensus of(Judgements judgements) {
    int labels = judgements.labels();
    double[] share = shares(judgements);
    boolean[] judged = new boolean[judgements.items()];
    double[] right = new double[judgements.raters()];
    double[] given = new double[judgements.raters()];
    double[] priors = new double[labels];
    int items = 0;
    for (int item = 0; item < judged.length; item++) {
      judged[item] = judgements.count(item) > 0;
      if (!judged[item]) {
        continue;
      }
      items++;
      double best = 0;
      int ties = 0;
      for (int l = 0; l < labels; l++) {
        double s = share[item * labels + l];
        ties = s > best ? 1 : s == best ? ties + 1 : ties;
        best = Math.max(best, s);
        priors[l] += s;
      }
      for (int j = judgements.from(item); j < judgements.to(item); j++) {
        given[judgements.rater(j)]++;
        right[judgements.rater(j)] +=
            share[item * labels + judgements.label(j)] == best ? 1.0 / ties : 0;
      }
    }
    for (int r = 0; r < right.length; r++) {
      right[r] /= given[r];
    }
    int n = items;
    return new Consensus(
        labels,
        share,
        judged,
        right,
        Arrays.stream(priors).map(p -> p / n).toArray(),
        Double.NaN,
        true);
  }

  /// Of each item's votes for each label [item × labels]; even where nobody voted.
  static double[] shares(Judgements judgements) {
    int labels = judgements.labels();
    double[] share = new double[judgements.items() * labels];
    for (int item = 0; item < judgements.items(); item++) {
      int count = judgements.count(item);
      if (count == 0) {
        Arrays.fill(share, item * labels, (item + 1) * labels, 1.0 / labels);
      }
      for (int j = judgements.from(item); j < judgements.to(item); j++) {
        share[item * labels + judgements.label(j)] += 1.0 / count;
      }
    }
    return share;
  }
}
