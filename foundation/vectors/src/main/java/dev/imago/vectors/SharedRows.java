package dev.imago.vectors;

import java.util.Arrays;
import java.util.stream.IntStream;

/// A matrix that is trained: rows of `dimension` floats, each padded to a stride.
final class SharedRows {
  private final int rows;
  private final int dimension;
  private final int stride;
  private final float[] values;

  SharedRows(int rows, int dimension) {
    this.rows = rows;
    this.dimension = dimension;
    this.stride = VectorArithmetic.stride(dimension);
    long size = (long) rows * stride;
    if (size > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "%,d rows of %d numbers are more than one array holds (%,d rows); take fewer buckets, a"
                  .formatted(rows, dimension, (Integer.MAX_VALUE - 16) / stride)
              + " higher minimum count or a smaller dimension");
    }
    this.values = new float[(int) size];
  }

  /// Fills with numbers between −bound and bound, each row from its own number.
  SharedRows uniform(float bound, long seed) {
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              var random = new RandomStream(seed, row);
              for (int i = 0; i < dimension; i++) {
                values[row * stride + i] = (2 * random.unit() - 1) * bound;
              }
            });
    return this;
  }

  int rows() {
    return rows;
  }

  int dimension() {
    return dimension;
  }

  int stride() {
    return stride;
  }

  float[] values() {
    return values;
  }

  /// A row without its padding.
  float[] row(int row) {
    return Arrays.copyOfRange(values, row * stride, row * stride + dimension);
  }
}
