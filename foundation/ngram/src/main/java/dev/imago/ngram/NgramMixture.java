package dev.imago.ngram;

import java.util.Arrays;
import java.util.List;

/// Several models as one: p(w | h) = Σ λᵢ pᵢ(w | h), weights that sum to 1. A word means the same
/// in each by its spelling; what a model does not know is its `<unk>`.
///
/// @param models 1 at least; they are not closed here
/// @param weights λ, as many
public record NgramMixture(List<NgramModel> models, double[] weights) {
  /// Steps of EM, and the change of all weights at which it ends before.
  private static final int STEPS = 200;

  private static final double ENOUGH = 1e-6;

  public NgramMixture {
    models = List.copyOf(models);
    weights = weights.clone();
    if (models.isEmpty() || weights.length != models.size()) {
      throw new IllegalArgumentException(
          "%d weights for %d models; give one each".formatted(weights.length, models.size()));
    }
    double sum = Arrays.stream(weights).sum();
    if (Arrays.stream(weights).anyMatch(w -> !(w >= 0)) || Math.abs(sum - 1) > 1e-6) {
      throw new IllegalArgumentException(
          "weights %s sum to %s; they are 0 at least and sum to 1"
              .formatted(Arrays.toString(weights), sum));
    }
  }

  /// All with the same weight.
  public static NgramMixture even(List<NgramModel> models) {
    double[] weights = new double[models.size()];
    Arrays.fill(weights, 1.0 / models.size());
    return new NgramMixture(models, weights);
  }

  /// The weights under which some sentences are likeliest, by EM (Jelinek & Mercer 1980), from even
  /// ones.
  ///
  /// @param sentences of words, neither of which any model was made of
  /// @throws IllegalArgumentException where there is none
  public static NgramMixture fitted(List<NgramModel> models, Iterable<String[]> sentences) {
    NgramMixture even = even(models);
    double[][] p = new double[1024][];
    int words = 0;
    for (String[] sentence : sentences) {
      for (double[] of : even.probabilities(sentence)) {
        if (words == p.length) {
          p = Arrays.copyOf(p, words * 2);
        }
        p[words++] = of;
      }
    }
    if (words == 0) {
      throw new IllegalArgumentException(
          "there is no sentence to fit weights on; give a text of a line at least");
    }
    double[] weights = even.weights();
    for (int step = 0; step < STEPS; step++) {
      double[] shares = new double[weights.length];
      for (int w = 0; w < words; w++) {
        double all = dot(weights, p[w]);
        for (int m = 0; m < weights.length; m++) {
          shares[m] += weights[m] * p[w][m] / all;
        }
      }
      double change = 0;
      for (int m = 0; m < weights.length; m++) {
        double weight = shares[m] / words;
        change += Math.abs(weight - weights[m]);
        weights[m] = weight;
      }
      if (change < ENOUGH) {
        break;
      }
    }
    double sum = Arrays.stream(weights).sum();
    return new NgramMixture(models, Arrays.stream(weights).map(w -> w / sum).toArray());
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public double[] weights() {
    return weights.clone();
  }

  /// [words + 1][models]: of each word and of `</s>` last, what each model gives it.
  private double[][] probabilities(String[] sentence) {
    double[][] p = new double[sentence.length + 1][models.size()];
    for (int m = 0; m < models.size(); m++) {
      double[] logs = models.get(m).sentence(models.get(m).ids(sentence)).log10();
      for (int i = 0; i < logs.length; i++) {
        p[i][m] = Math.pow(10, logs[i]);
      }
    }
    return p;
  }

  /// A sentence's words, each with what it took; a length is the longest of any model.
  public SentenceScore sentence(String... words) {
    double[][] p = probabilities(words);
    double[] logs = new double[p.length];
    int[] lengths = new int[p.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log10(dot(weights, p[i]));
    }
    for (NgramModel model : models) {
      int[] of = model.sentence(model.ids(words)).lengths();
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = Math.max(lengths[i], of[i]);
      }
    }
    return new SentenceScore(logs, lengths);
  }
}
