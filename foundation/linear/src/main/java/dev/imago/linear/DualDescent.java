package dev.imago.linear;

import java.util.Arrays;
import java.util.Random;

/// Coordinate descent on the dual of a binary problem with an L2 penalty: one example's multiplier
/// at a time, in random order, while the weights that they make are kept. Time a pass: the values
/// of all rows.
///
/// *w minimises ‖w‖² / 2 + C Σ loss(yᵢ w·xᵢ).*
final class DualDescent {
  private static final int PASSES = 1000;

  private final SparseRow[] rows;
  private final boolean[] positive;
  private final double cost;
  private final double[] squares;
  private final float[] weights;
  private final int[] order;
  private final Random random;

  /// @param positive of each row, whether it is of the class
  private DualDescent(SparseRow[] rows, boolean[] positive, int features, double cost, long seed) {
    this.rows = rows;
    this.positive = positive;
    this.cost = cost;
    this.weights = new float[features];
    this.random = new Random(seed);
    this.order = new int[rows.length];
    this.squares = new double[rows.length];
    Arrays.setAll(order, i -> i);
    Arrays.setAll(squares, i -> rows[i].squared());
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  /// Squared hinge loss, max(0, 1 − yᵢ w·xᵢ)². Hsieh et al. 2008.
  ///
  /// @param enough the projected gradients' spread at which it ends
  static float[] svm(
      SparseRow[] rows, boolean[] positive, int features, double cost, double enough, long seed) {
    return new DualDescent(rows, positive, features, cost, seed).svm(enough);
  }

  private float[] svm(double enough) {
    double[] alpha = new double[rows.length];
    double diagonal = 0.5 / cost;
    for (int pass = 0; pass < PASSES; pass++) {
      shuffle();
      double most = Double.NEGATIVE_INFINITY;
      double least = Double.POSITIVE_INFINITY;
      for (int i : order) {
        double y = positive[i] ? 1 : -1;
        double gradient = y * rows[i].dot(weights) - 1 + alpha[i] * diagonal;
        double projected = alpha[i] == 0 ? Math.min(gradient, 0) : gradient;
        most = Math.max(most, projected);
        least = Math.min(least, projected);
        if (Math.abs(projected) > 1e-12) {
          double before = alpha[i];
          alpha[i] = Math.max(before - gradient / (squares[i] + diagonal), 0);
          rows[i].addTo(weights, (alpha[i] - before) * y);
        }
      }
      if (most - least <= enough) {
        break;
      }
    }
    return weights;
  }

  /// Logistic loss, ln(1 + exp(−yᵢ w·xᵢ)). Yu, Huang & Lin 2011, algorithm 5.
  ///
  /// @param enough the gradient at which it ends
  static float[] logistic(
      SparseRow[] rows, boolean[] positive, int features, double cost, double enough, long seed) {
    return new DualDescent(rows, positive, features, cost, seed).logistic(enough);
  }

  private float[] logistic(double enough) {
    // α and C − α, each near 0 kept by itself: their difference would be rounded away.
    double[] alpha = new double[2 * rows.length];
    for (int i = 0; i < rows.length; i++) {
      alpha[2 * i] = Math.min(0.001 * cost, 1e-8);
      alpha[2 * i + 1] = cost - alpha[2 * i];
      rows[i].addTo(weights, positive[i] ? alpha[2 * i] : -alpha[2 * i]);
    }
    double inner = 1e-2;
    for (int pass = 0; pass < PASSES; pass++) {
      shuffle();
      double most = 0;
      long steps = 0;
      for (int i : order) {
        double y = positive[i] ? 1 : -1;
        double b = y * rows[i].dot(weights);
        double a = squares[i];
        boolean other = 0.5 * a * (alpha[2 * i + 1] - alpha[2 * i]) + b < 0;
        int one = 2 * i + (other ? 1 : 0);
        double sign = other ? -1 : 1;
        double before = alpha[one];
        double z = cost - before < 0.5 * cost ? 0.1 * before : before;
        double gradient = a * (z - before) + sign * b + Math.log(z / (cost - z));
        most = Math.max(most, Math.abs(gradient));
        int step = 0;
        for (; step <= 100 && Math.abs(gradient) >= inner; step++) {
          double newton = z - gradient / (a + cost / (cost - z) / z);
          z = newton <= 0 ? z * 0.1 : newton;
          gradient = a * (z - before) + sign * b + Math.log(z / (cost - z));
        }
        if (step > 0) {
          alpha[one] = z;
          alpha[one ^ 1] = cost - z;
          rows[i].addTo(weights, sign * (z - before) * y);
        }
        steps += step;
      }
      if (most < enough) {
        break;
      }
      if (steps <= rows.length / 10) {
        inner = Math.max(Math.min(1e-8, enough), 0.1 * inner);
      }
    }
    return weights;
  }
}
