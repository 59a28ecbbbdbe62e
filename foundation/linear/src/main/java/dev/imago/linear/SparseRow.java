package dev.imago.linear;

/// What a text has: features and their values.
///
/// @param ids ascending
record SparseRow(int[] ids, float[] values) {
  double dot(float[] weights) {
    double sum = 0;
    for (int i = 0; i < ids.length; i++) {
      sum += weights[ids[i]] * values[i];
    }
    return sum;
  }

  void addTo(float[] weights, double times) {
    for (int i = 0; i < ids.length; i++) {
      weights[ids[i]] += (float) (times * values[i]);
    }
  }

  double squared() {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return sum;
  }

  /// The same features with each value times that feature's factor.
  SparseRow times(float[] factors) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = values[i] * factors[ids[i]];
    }
    return new SparseRow(ids, scaled);
  }
}
