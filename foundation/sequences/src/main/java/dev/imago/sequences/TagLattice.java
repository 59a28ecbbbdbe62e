package dev.imago.sequences;

import java.util.Arrays;

/// The scores of all sequences of tags: of each row's tags and of each step from tag to tag. A
/// sequence's score is their sum.
///
/// Sums over sequences are made in the linear domain, each row scaled to 1 (Rabiner 1989): exact
/// where scores differ by less than what a double holds.
public final class TagLattice {
  private final int tags;
  private final double[][] rows;
  private final double[] steps;

  /// @param rows [T][L], natural logarithms up to a constant
  /// @param steps [L·L], from tag `a` to tag `b` at a·L + b
  TagLattice(double[][] rows, double[] steps, int tags) {
    this.rows = rows;
    this.steps = steps;
    this.tags = tags;
  }

  /// Probabilities of tags, and the logarithm of the sum over all sequences.
  static final class Marginals {
    private final int tags;
    private final double logSum;
    private final double[] forward;
    private final double[] backward;
    private final double[] exponentials;
    private final double[] scales;

    private Marginals(
        int tags,
        double logSum,
        double[] forward,
        double[] backward,
        double[] exponentials,
        double[] scales) {
      this.tags = tags;
      this.logSum = logSum;
      this.forward = forward;
      this.backward = backward;
      this.exponentials = exponentials;
      this.scales = scales;
    }

    double logSum() {
      return logSum;
    }

    /// How likely a tag is at a row.
    double of(int row, int tag) {
      return forward[row * tags + tag] * backward[row * tags + tag];
    }

    /// Adds how likely each step into a row is, times a factor.
    ///
    /// @param exponentials of the steps' scores
    void addSteps(int row, double[] stepExponentials, double times, double[] to) {
      for (int b = 0; b < tags; b++) {
        double right =
            exponentials[row * tags + b] * backward[row * tags + b] * scales[row] * times;
        for (int a = 0; a < tags; a++) {
          to[a * tags + b] +=
              forward[(row - 1) * tags + a] * stepExponentials[a * tags + b] * right;
        }
      }
    }
  }

  static double[] exponentials(double[] steps) {
    return Arrays.stream(steps).map(Math::exp).toArray();
  }

  Marginals marginals() {
    return marginals(exponentials(steps));
  }

  /// @param step exponentials of the steps' scores
  Marginals marginals(double[] step) {
    int n = rows.length;
    double[] exponentials = new double[n * tags];
    double[] forward = new double[n * tags];
    double[] backward = new double[n * tags];
    double[] scales = new double[n];
    double logSum = 0;
    for (int t = 0; t < n; t++) {
      double most = Arrays.stream(rows[t]).max().orElse(0);
      double sum = 0;
      for (int b = 0; b < tags; b++) {
        exponentials[t * tags + b] = Math.exp(rows[t][b] - most);
        double into = 1;
        if (t > 0) {
          into = 0;
          for (int a = 0; a < tags; a++) {
            into += forward[(t - 1) * tags + a] * step[a * tags + b];
          }
        }
        forward[t * tags + b] = into * exponentials[t * tags + b];
        sum += forward[t * tags + b];
      }
      scales[t] = 1 / sum;
      logSum += most + Math.log(sum);
      for (int b = 0; b < tags; b++) {
        forward[t * tags + b] *= scales[t];
      }
    }
    for (int t = n - 1; t >= 0; t--) {
      if (t == n - 1) {
        Arrays.fill(backward, t * tags, (t + 1) * tags, 1);
        continue;
      }
      int next = (t + 1) * tags;
      for (int a = 0; a < tags; a++) {
        double sum = 0;
        for (int b = 0; b < tags; b++) {
          sum += step[a * tags + b] * exponentials[next + b] * backward[next + b];
        }
        backward[t * tags + a] = sum * scales[t + 1];
      }
    }
    return new Marginals(tags, logSum, forward, backward, exponentials, scales);
  }

  /// The score of one sequence.
  double score(int[] sequence) {
    double sum = 0;
    for (int t = 0; t < sequence.length; t++) {
      sum += rows[t][sequence[t]];
      if (t > 0) {
        sum += steps[sequence[t - 1] * tags + sequence[t]];
      }
    }
    return sum;
  }

  /// The likeliest sequence. Viterbi 1967.
  int[] best() {
    int n = rows.length;
    int[] best = new int[n];
    if (n == 0) {
      return best;
    }
    int[][] from = new int[n][tags];
    double[] score = rows[0].clone();
    for (int t = 1; t < n; t++) {
      double[] next = new double[tags];
      for (int b = 0; b < tags; b++) {
        int argmax = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int a = 0; a < tags; a++) {
          double s = score[a] + steps[a * tags + b];
          if (s > most) {
            most = s;
            argmax = a;
          }
        }
        from[t][b] = argmax;
        next[b] = most + rows[t][b];
      }
      score = next;
    }
    for (int b = 1; b < tags; b++) {
      best[n - 1] = score[b] > score[best[n - 1]] ? b : best[n - 1];
    }
    for (int t = n - 1; t > 0; t--) {
      best[t - 1] = from[t][best[t]];
    }
    return best;
  }
}
