package dev.imago.vectors;

import org.jspecify.annotations.Nullable;

/// A matrix whose rows are cut into parts, each told by the nearest of 256 centroids; as an option
/// each row's length is told apart, by one byte too. Jégou et al. 2011; Joulin et al. 2016.
///
/// @param codes a byte for each part of each row
/// @param lengths a byte for each row; null where rows are not scaled
record QuantizedMatrix(
    int rows,
    int columns,
    byte[] codes,
    ProductQuantizer parts,
    byte @Nullable [] lengths,
    @Nullable ProductQuantizer ofLengths)
    implements RowMatrix {
  /// Quantises a matrix.
  ///
  /// @param part columns of a part
  /// @param scaled whether lengths are told apart
  static QuantizedMatrix of(DenseMatrix matrix, int part, boolean scaled, long seed) {
    int rows = matrix.rows();
    int columns = matrix.columns();
    float[] compact = new float[Math.multiplyExact(rows, columns)];
    float[] norms = new float[rows];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(matrix.values(), r * matrix.stride(), compact, r * columns, columns);
      double squares = 0;
      for (int i = 0; i < columns; i++) {
        squares += compact[r * columns + i] * compact[r * columns + i];
      }
      norms[r] = (float) Math.sqrt(squares);
      for (int i = 0; i < columns && scaled && norms[r] != 0; i++) {
        compact[r * columns + i] /= norms[r];
      }
    }
    byte[] lengths = null;
    ProductQuantizer ofLengths = null;
    if (scaled) {
      ofLengths = ProductQuantizer.learn(norms, rows, 1, 1, seed);
      lengths = ofLengths.codes(norms, rows);
    }
    ProductQuantizer parts = ProductQuantizer.learn(compact, rows, columns, part, seed);
    return new QuantizedMatrix(
        rows, columns, parts.codes(compact, rows), parts, lengths, ofLengths);
  }

  private float length(int row) {
    return lengths == null || ofLengths == null ? 1 : ofLengths.value(0, lengths[row] & 0xff, 0);
  }

  @Override
  public void addTo(int row, float[] to, float times) {
    float scaled = times * length(row);
    for (int part = 0; part < parts.parts(); part++) {
      int code = codes[row * parts.parts() + part] & 0xff;
      for (int i = 0; i < parts.width(part); i++) {
        to[part * parts.size() + i] += scaled * parts.value(part, code, i);
      }
    }
  }

  @Override
  public float dot(int row, float[] with) {
    float sum = 0;
    for (int part = 0; part < parts.parts(); part++) {
      int code = codes[row * parts.parts() + part] & 0xff;
      for (int i = 0; i < parts.width(part); i++) {
        sum += with[part * parts.size() + i] * parts.value(part, code, i);
      }
    }
    return sum * length(row);
  }
}
