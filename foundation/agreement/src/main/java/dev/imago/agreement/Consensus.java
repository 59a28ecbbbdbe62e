package dev.imago.agreement;

/// One label for each item, out of several people's, with its probability, and each person's
/// competence.
public final class Consensus {
  private final int labels;
  private final double[] probability;
  private final boolean[] judged;
  private final double[] competence;
  private final double[] priors;
  private final double logLikelihood;
  private final boolean converged;

  /// @param probability [item × labels]
  /// @param judged whether anybody judged an item
  /// @param competence of each rater; NaN of one who judged nothing
  Consensus(
      int labels,
      double[] probability,
      boolean[] judged,
      double[] competence,
      double[] priors,
      double logLikelihood,
      boolean converged) {
    this.labels = labels;
    this.probability = probability;
    this.judged = judged;
    this.competence = competence;
    this.priors = priors;
    this.logLikelihood = logLikelihood;
    this.converged = converged;
  }

  public int items() {
    return judged.length;
  }

  public int labels() {
    return labels;
  }

  /// How likely a label is an item's true one.
  public double probability(int item, int label) {
    return probability[item * labels + label];
  }

  /// The likeliest label; the first of several that are as likely ([#tied]), −1 where nobody
  /// judged.
  public int label(int item) {
    if (!judged[item]) {
      return -1;
    }
    int best = 0;
    for (int l = 1; l < labels; l++) {
      best = probability(item, l) > probability(item, best) ? l : best;
    }
    return best;
  }

  /// Whether another label is as likely, so that the choice says nothing.
  public boolean tied(int item) {
    int best = label(item);
    for (int l = 0; best >= 0 && l < labels; l++) {
      if (l != best && probability(item, best) - probability(item, l) < 1e-12) {
        return true;
      }
    }
    return false;
  }

  /// The probability that a rater's label is the true one; NaN of one who judged nothing. Of
  /// [Aggregator#mace] the probability that the rater does not guess.
  public double competence(int rater) {
    return competence[rater];
  }

  /// The share of each label among the true ones.
  public double[] priors() {
    return priors.clone();
  }

  /// Of the judgements under what was estimated; NaN where nothing was.
  public double logLikelihood() {
    return logLikelihood;
  }

  /// Whether the estimate came to rest within the iterations allowed.
  public boolean converged() {
    return converged;
  }
}
