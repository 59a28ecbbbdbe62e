package dev.imago.linear;

import java.util.Arrays;
import java.util.Random;

/// Coordinate descent on a binary logistic regression with an L1 penalty, which leaves most weights
/// at 0: one weight at a time by Newton's step, halved until the loss falls. Yuan et al. 2010, CDN.
///
/// *w minimises ‖w‖₁ + C Σ ln(1 + exp(−yᵢ w·xᵢ)).*
final class SparseDescent {
  private static final int PASSES = 200;
  private static final int HALVINGS = 20;
  private static final double ENOUGH_FALL = 0.01;

  private final int[] starts;
  private final int[] rowOf;
  private final float[] valueOf;
  private final double cost;

  /// w·x of each row, its sign turned where the row is not of the class.
  private final double[] margins;

  private SparseDescent(SparseRow[] rows, boolean[] positive, int features, double cost) {
    this.cost = cost;
    this.margins = new double[rows.length];
    starts = new int[features + 1];
    for (SparseRow row : rows) {
      for (int id : row.ids()) {
        starts[id + 1]++;
      }
    }
    for (int f = 0; f < features; f++) {
      starts[f + 1] += starts[f];
    }
    rowOf = new int[starts[features]];
    valueOf = new float[starts[features]];
    int[] next = starts.clone();
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < rows[i].ids().length; k++) {
        int at = next[rows[i].ids()[k]]++;
        rowOf[at] = i;
        valueOf[at] = positive[i] ? rows[i].values()[k] : -rows[i].values()[k];
      }
    }
  }

  /// @param enough of the first pass's violation, the share at which it ends
  static float[] logistic(
      SparseRow[] rows, boolean[] positive, int features, double cost, double enough, long seed) {
    return new SparseDescent(rows, positive, features, cost).run(features, enough, seed);
  }

  private float[] run(int features, double enough, long seed) {
    double[] weights = new double[features];
    var random = new Random(seed);
    int[] order = new int[features];
    Arrays.setAll(order, i -> i);
    double first = 0;
    for (int pass = 0; pass < PASSES; pass++) {
      for (int i = features - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
      }
      double violation = 0;
      for (int feature : order) {
        violation += step(feature, weights);
      }
      first = pass == 0 ? violation : first;
      if (violation <= enough * first) {
        break;
      }
    }
    float[] rounded = new float[features];
    for (int f = 0; f < features; f++) {
      rounded[f] = (float) weights[f];
    }
    return rounded;
  }

  /// @return how far the weight was from where its gradient would leave it
  private double step(int feature, double[] weights) {
    double gradient = 0;
    double curve = 1e-12;
    for (int k = starts[feature]; k < starts[feature + 1]; k++) {
      double wrong = 1 / (1 + Math.exp(margins[rowOf[k]]));
      gradient -= cost * valueOf[k] * wrong;
      curve += cost * valueOf[k] * valueOf[k] * wrong * (1 - wrong);
    }
    double weight = weights[feature];
    double violation =
        weight > 0
            ? Math.abs(gradient + 1)
            : weight < 0
                ? Math.abs(gradient - 1)
                : Math.max(0, Math.max(gradient - 1, -1 - gradient));
    if (violation < 1e-12) {
      return 0;
    }
    double change =
        gradient + 1 <= curve * weight
            ? -(gradient + 1) / curve
            : gradient - 1 >= curve * weight ? -(gradient - 1) / curve : -weight;
    change = Math.clamp(change, -10, 10);
    double expected = gradient * change + Math.abs(weight + change) - Math.abs(weight);
    for (int h = 0; h < HALVINGS; h++, change /= 2, expected /= 2) {
      double fall = Math.abs(weight + change) - Math.abs(weight);
      for (int k = starts[feature]; k < starts[feature + 1]; k++) {
        double margin = margins[rowOf[k]];
        fall += cost * (loss(margin + change * valueOf[k]) - loss(margin));
      }
      if (fall <= ENOUGH_FALL * expected) {
        weights[feature] = weight + change;
        for (int k = starts[feature]; k < starts[feature + 1]; k++) {
          margins[rowOf[k]] += change * valueOf[k];
        }
        break;
      }
    }
    return violation;
  }

  private static double loss(double margin) {
    return margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
  }
}
