package dev.imago.tasks.embedding;

/// How near two vectors point: the cosine of the angle between them, −1 … 1.
public final class Cosine {
  private Cosine() {}

  /// Of two vectors of any length; 0 where one has none.
  public static double of(float[] a, float[] b) {
    double lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return lengths == 0 ? 0 : dot(a, b) / lengths;
  }

  /// Of two vectors whose lengths are 1.
  ///
  /// @param b as many numbers as `a`
  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /// The same direction with the length 1; zeros stay zeros.
  public static float[] unit(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = length == 0 ? 0 : (float) (vector[i] / length);
    }
    return unit;
  }
}
