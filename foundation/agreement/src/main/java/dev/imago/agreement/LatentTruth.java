package dev.imago.agreement;

import java.util.Arrays;

/// The estimate of true labels that nobody saw: expectation and maximisation in turn, begun from
/// shares of votes. Dempster et al. 1977. N items, K labels.
final class LatentTruth {
  /// Below it a probability is taken as this, so that what never happened stays finite in logs.
  private static final double LEAST = 1e-300;

  private final Judgements judgements;
  private final RaterModel raters;
  private final boolean priorsAreEstimated;
  private final Aggregator.Stopping stopping;
  private final int labels;
  private final double[] truth;
  private final double[] counts;
  private final double[] given;
  private final double[] priors;

  /// @param priorsAreEstimated whether some labels are commoner, or all are as likely
  LatentTruth(
      Judgements judgements,
      RaterModel raters,
      boolean priorsAreEstimated,
      Aggregator.Stopping stopping) {
    this.judgements = judgements;
    this.raters = raters;
    this.priorsAreEstimated = priorsAreEstimated;
    this.stopping = stopping;
    this.labels = judgements.labels();
    this.truth = MajorityVote.shares(judgements);
    this.counts = new double[judgements.raters() * labels * labels];
    this.given = new double[counts.length];
    this.priors = new double[labels];
  }

  Consensus run() {
    double likelihood = Double.NEGATIVE_INFINITY;
    boolean converged = false;
    for (int i = 0; i < stopping.iterations() && !converged; i++) {
      maximise();
      double next = expect();
      converged = Math.abs(next - likelihood) <= stopping.tolerance() * Math.abs(next);
      likelihood = next;
    }
    boolean[] judged = new boolean[judgements.items()];
    double[] competence = new double[judgements.raters()];
    Arrays.fill(competence, Double.NaN);
    for (int item = 0; item < judged.length; item++) {
      judged[item] = judgements.count(item) > 0;
    }
    for (int j = 0; j < judgements.size(); j++) {
      int r = judgements.rater(j);
      if (Double.isNaN(competence[r])) {
        competence[r] = raters.competence(r, given, priors);
      }
    }
    return new Consensus(labels, truth, judged, competence, priors, likelihood, converged);
  }

  private void maximise() {
    Arrays.fill(counts, 0);
    Arrays.fill(priors, 0);
    double items = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int at = item * labels;
      if (judgements.count(item) == 0) {
        continue;
      }
      items++;
      for (int t = 0; t < labels; t++) {
        priors[t] += truth[at + t];
      }
      for (int j = judgements.from(item); j < judgements.to(item); j++) {
        int row = (judgements.rater(j) * labels + judgements.label(j)) * labels;
        for (int t = 0; t < labels; t++) {
          counts[row + t] += truth[at + t];
        }
      }
    }
    for (int t = 0; t < labels; t++) {
      priors[t] = priorsAreEstimated ? priors[t] / Math.max(1, items) : 1.0 / labels;
    }
    raters.update(counts, given, labels);
  }

  /// The truth's probabilities anew; the log-likelihood of what was given.
  private double expect() {
    double[] log = new double[given.length];
    for (int i = 0; i < log.length; i++) {
      log[i] = Math.log(Math.max(given[i], LEAST));
    }
    double[] logPriors = new double[labels];
    for (int t = 0; t < labels; t++) {
      logPriors[t] = Math.log(Math.max(priors[t], LEAST));
    }
    double[] sums = new double[labels];
    double likelihood = 0;
    for (int item = 0; item < judgements.items(); item++) {
      int from = judgements.from(item);
      int to = judgements.to(item);
      if (from == to) {
        System.arraycopy(priors, 0, truth, item * labels, labels);
        continue;
      }
      System.arraycopy(logPriors, 0, sums, 0, labels);
      for (int j = from; j < to; j++) {
        int row = (judgements.rater(j) * labels + judgements.label(j)) * labels;
        for (int t = 0; t < labels; t++) {
          sums[t] += log[row + t];
        }
      }
      likelihood += normalise(sums, item * labels);
    }
    return likelihood;
  }

  private double normalise(double[] sums, int at) {
    double most = Double.NEGATIVE_INFINITY;
    for (double sum : sums) {
      most = Math.max(most, sum);
    }
    double all = 0;
    for (int t = 0; t < labels; t++) {
      truth[at + t] = Math.exp(sums[t] - most);
      all += truth[at + t];
    }
    for (int t = 0; t < labels; t++) {
      truth[at + t] /= all;
    }
    return most + Math.log(all);
  }
}
