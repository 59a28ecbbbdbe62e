package dev.imago.pages;

import java.util.Arrays;

/// A row of numbers that grows.
final class FeatureRow {
  private float[] values = new float[128];
  private int count;

  FeatureRow add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = (float) value;
    return this;
  }

  float[] toArray() {
    return Arrays.copyOf(values, count);
  }
}
