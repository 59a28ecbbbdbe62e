package dev.imago.tasks;

/// Scores as probabilities.
public final class Probabilities {
  private Probabilities() {}

  /// The softmax of some scores.
  public static double[] of(float[] scores) {
    return of(scores, 1);
  }

  /// The softmax of some scores divided by a temperature.
  public static double[] of(float[] scores, double temperature) {
    double most = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      most = Math.max(most, score);
    }
    double[] shares = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp((scores[i] - most) / temperature);
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /// The place of the highest score, the first of equal ones.
  public static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
