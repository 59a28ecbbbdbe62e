package dev.imago.tensor;

import org.jspecify.annotations.Nullable;

/// The scales that leave the least weighted squared error of a group of numbers: several divisors
/// of its range are tried, and for the whole numbers that each gives the best scale is known in
/// closed form.
final class ScaleSearch {
  /// How many divisors are tried on either side of the plain one, and how far apart.
  private static final int TRIES = 10;

  private static final float STEP = 0.1f;

  private ScaleSearch() {}

  /// What an error counts, number by number: more for large numbers, and by the importance of their
  /// columns.
  ///
  /// @param importance of the columns, from `column` on; null for the same of all
  static float[] weights(float[] x, int at, int count, float @Nullable [] importance, int column) {
    float square = 0;
    for (int i = 0; i < count; i++) {
      square += x[at + i] * x[at + i];
    }
    if (!(square <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "their squares add up to %s, and a block takes no such numbers; keep F32"
              .formatted(square));
    }
    float[] w = new float[count];
    for (int i = 0; i < count; i++) {
      float size = (float) Math.sqrt(square / count + x[at + i] * x[at + i]);
      w[i] = importance == null ? size : size * importance[column + i];
    }
    return w;
  }

  /// The scale d of x ≈ d · q, q in −most … most − 1; 0 where all numbers are.
  static float symmetric(float[] x, int at, int count, float[] w, int wAt, int most) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      if (Math.abs(x[at + i]) > Math.abs(largest)) {
        largest = x[at + i];
      }
    }
    if (Math.abs(largest) < 1e-30f) {
      return 0;
    }
    float best = -largest / most;
    double bestGain = -1;
    for (int t = -TRIES; t <= TRIES; t++) {
      float inverse = -(most + t * STEP) / largest;
      double xq = 0;
      double qq = 0;
      for (int i = 0; i < count; i++) {
        int q = whole(x[at + i] * inverse, -most, most - 1);
        xq += (double) w[wAt + i] * x[at + i] * q;
        qq += (double) w[wAt + i] * q * q;
      }
      // Σ w x² less the error that the best scale leaves.
      if (qq > 0 && xq * xq / qq > bestGain) {
        bestGain = xq * xq / qq;
        best = (float) (xq / qq);
      }
    }
    return best;
  }

  /// A scale and what is added.
  record Affine(float scale, float least) {}

  /// Scale and least number of x ≈ scale · q + least, q in 0 … most.
  ///
  /// @param below whether the least number must not be above 0
  static Affine affine(float[] x, int at, int count, float[] w, int wAt, int most, boolean below) {
    float low = below ? 0 : x[at];
    float high = x[at];
    for (int i = 0; i < count; i++) {
      low = Math.min(low, x[at + i]);
      high = Math.max(high, x[at + i]);
    }
    if (high - low < 1e-30f) {
      return new Affine(0, low);
    }
    var best = new Affine((high - low) / most, low);
    double bestError = Double.MAX_VALUE;
    for (int t = -TRIES; t <= TRIES; t++) {
      float inverse = (most + t * STEP) / (high - low);
      double sw = 0;
      double sx = 0;
      double sq = 0;
      double sqq = 0;
      double sxq = 0;
      for (int i = 0; i < count; i++) {
        float v = x[at + i];
        int q = whole((v - low) * inverse, 0, most);
        double wi = w[wAt + i];
        sw += wi;
        sx += wi * v;
        sq += wi * q;
        sqq += wi * q * q;
        sxq += wi * v * q;
      }
      double determinant = sw * sqq - sq * sq;
      if (determinant <= 0) {
        continue;
      }
      double scale = (sw * sxq - sx * sq) / determinant;
      double least = (sqq * sx - sq * sxq) / determinant;
      if (below && least > 0) {
        least = 0;
        scale = sxq / sqq;
      }
      var tried = new Affine((float) scale, (float) least);
      double error = error(x, at, count, w, wAt, most, tried);
      if (error < bestError) {
        bestError = error;
        best = tried;
      }
    }
    return best;
  }

  private static double error(
      float[] x, int at, int count, float[] w, int wAt, int most, Affine affine) {
    float inverse = affine.scale > 0 ? 1 / affine.scale : 0;
    double error = 0;
    for (int i = 0; i < count; i++) {
      int q = whole((x[at + i] - affine.least) * inverse, 0, most);
      double off = affine.scale * q + affine.least - x[at + i];
      error += w[wAt + i] * off * off;
    }
    return error;
  }

  /// The nearest whole number q of low … high to x ≈ scale · q.
  static int nearest(float x, float scale, int low, int high) {
    return scale == 0 ? Math.max(0, low) : whole(x / scale, low, high);
  }

  /// The nearest whole number of low … high, halves upwards: what `Math.round` gives, which takes
  /// far longer. Sums of a float, a half and a small whole number are exact in a double, and from
  /// `low` on to cut off is to round down.
  static int whole(float x, int low, int high) {
    int up = (int) (x + (0.5 - low));
    return Math.max(low, Math.min(high, up + low));
  }
}
