package dev.imago.tensor;

/// Learned vectors that stand before each text as if they were tokens, on the CPU: in the place of
/// their embeddings, or of their keys and values in each layer. In a step they have ids of their
/// own, beyond all of vocabularies.
///
/// *n virtual tokens, D width, L layers, K·C numbers of a token's keys in a layer.*
final class VirtualRows {
  /// The id of the first.
  static final int FIRST = 1 << 30;

  private final float[] values;
  private final int width;
  private final boolean keys;

  /// @param values [n,D], or [n,L·2·K·C]: of each layer the keys, turned, then the values
  /// @param keys which of the two
  VirtualRows(HostTensor values, boolean keys) {
    this.values = values.toFloats();
    this.width = (int) values.shape()[1];
    this.keys = keys;
  }

  int count() {
    return values.length / width;
  }

  /// A virtual token's embedding: numbers at … at + D − 1. Nothing is told at a token of keys, and
  /// it stays 0.
  void embed(int id, float[] to, int at, int columns) {
    if (!keys) {
      System.arraycopy(values, (id - FIRST) * width, to, at, columns);
    }
  }

  /// A virtual token's keys and values of a layer, in the place of what was computed.
  void place(int id, int layer, float[] k, float[] v, int at, int columns) {
    if (keys) {
      int from = (id - FIRST) * width + 2 * layer * columns;
      System.arraycopy(values, from, k, at, columns);
      System.arraycopy(values, from + columns, v, at, columns);
    }
  }
}
