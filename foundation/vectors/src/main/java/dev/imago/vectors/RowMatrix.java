package dev.imago.vectors;

/// A matrix that is asked for its rows.
sealed interface RowMatrix permits DenseMatrix, QuantizedMatrix {
  int rows();

  int columns();

  /// to += times · row. `to` may be longer than a row.
  void addTo(int row, float[] to, float times);

  /// Σ of a row and a vector, which is padded to the stride.
  float dot(int row, float[] with);
}
