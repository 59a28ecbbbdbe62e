package dev.imago.tensor;

/// Functions of each number, over a run of an array.
final class ElementKernels {
  private static final float INVERSE_ROOT_2 = (float) (1 / Math.sqrt(2));
  private static final float ROOT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private ElementKernels() {}

  /// y[yAt …] = function(x[xAt …]), `count` numbers; y and x are different arrays or places.
  static void apply(Nonlinearity function, float[] x, int xAt, float[] y, int yAt, int count) {
    switch (function) {
      case SILU -> {
        System.arraycopy(x, xAt, y, yAt, count);
        Lanes.exp(y, yAt, count, -1, 0);
        for (int i = 0; i < count; i++) {
          y[yAt + i] = x[xAt + i] / (1 + y[yAt + i]);
        }
      }
      case SIGMOID -> {
        System.arraycopy(x, xAt, y, yAt, count);
        Lanes.exp(y, yAt, count, -1, 0);
        for (int i = 0; i < count; i++) {
          y[yAt + i] = 1 / (1 + y[yAt + i]);
        }
      }
      case RELU -> {
        for (int i = 0; i < count; i++) {
          y[yAt + i] = Math.max(0, x[xAt + i]);
        }
      }
      case TANH -> {
        System.arraycopy(x, xAt, y, yAt, count);
        tanh(y, yAt, count);
      }
      case GELU_TANH -> {
        for (int i = 0; i < count; i++) {
          float v = x[xAt + i];
          y[yAt + i] = ROOT_2_OVER_PI * (v + 0.044715f * v * v * v);
        }
        tanh(y, yAt, count);
        for (int i = 0; i < count; i++) {
          y[yAt + i] = 0.5f * x[xAt + i] * (1 + y[yAt + i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < count; i++) {
          float z = x[xAt + i] * INVERSE_ROOT_2;
          y[yAt + i] = -z * z;
        }
        Lanes.exp(y, yAt, count, 1, 0);
        for (int i = 0; i < count; i++) {
          float v = x[xAt + i];
          y[yAt + i] = 0.5f * v * (1 + erf(v * INVERSE_ROOT_2, y[yAt + i]));
        }
      }
    }
  }

  /// tanh in place: (1 − e^(−2|x|)) / (1 + e^(−2|x|)), with the sign of x.
  private static void tanh(float[] y, int at, int count) {
    float[] signs = new float[count];
    for (int i = 0; i < count; i++) {
      signs[i] = y[at + i];
      y[at + i] = -2 * Math.abs(y[at + i]);
    }
    Lanes.exp(y, at, count, 1, 0);
    for (int i = 0; i < count; i++) {
      float e = y[at + i];
      y[at + i] = Math.copySign((1 - e) / (1 + e), signs[i]);
    }
  }

  /// The error function, within 2 · 10⁻⁷. Abramowitz & Stegun 1964, 7.1.26.
  ///
  /// @param exponential e^(−z²)
  private static float erf(float z, float exponential) {
    double t = 1 / (1 + 0.3275911 * Math.abs(z));
    double p =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return (float) Math.copySign(1 - p * exponential, z);
  }
}
