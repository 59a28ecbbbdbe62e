package dev.imago.vectors;

/// A matrix of floats, its rows padded to a stride.
record DenseMatrix(int rows, int columns, int stride, float[] values) implements RowMatrix {
  static DenseMatrix of(SharedRows rows) {
    return new DenseMatrix(rows.rows(), rows.dimension(), rows.stride(), rows.values());
  }

  @Override
  public void addTo(int row, float[] to, float times) {
    if (to.length >= stride) {
      VectorArithmetic.add(to, 0, times, values, row * stride, stride);
      return;
    }
    for (int i = 0; i < columns; i++) {
      to[i] += times * values[row * stride + i];
    }
  }

  @Override
  public float dot(int row, float[] with) {
    return VectorArithmetic.dot(values, row * stride, with, stride);
  }
}
