package dev.imago.pages;

import java.util.Arrays;

/// A row of numbers that grows.
final class FeatureRow {
  private float[] values = new float[192];
  private int count;

  FeatureRow add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = (float) value;
    return this;
  }

  FeatureRow addAll(float[] more) {
    if (count + more.length > values.length) {
      values = Arrays.copyOf(values, 2 * (count + more.length));
    }
    System.arraycopy(more, 0, values, count, more.length);
    count += more.length;
    return this;
  }

  float[] toArray() {
    return Arrays.copyOf(values, count);
  }
}
