package dev.imago.tensor;

import java.util.Arrays;

/// The keys and values of one sequence, by layer: what attention needs of the tokens so far. Grows
/// with the sequence, up to its limit.
public final class KeyValues {
  private final int limit;
  private final float[][] keys;
  private final float[][] values;
  private int length;

  /// @param layers of the model
  /// @param limit the longest that the sequence may become, in tokens
  public KeyValues(int layers, int limit) {
    this.limit = limit;
    this.keys = new float[layers][0];
    this.values = new float[layers][0];
  }

  /// Tokens whose keys and values it holds.
  public int length() {
    return length;
  }

  public int limit() {
    return limit;
  }

  /// Bytes held.
  public long bytes() {
    long sum = 0;
    for (int i = 0; i < keys.length; i++) {
      sum += 4L * (keys[i].length + values[i].length);
    }
    return sum;
  }

  /// Forgets what follows the first tokens.
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "length = %d is not in 0 … %d".formatted(length, this.length));
    }
    this.length = length;
  }

  /// Tells that all layers have got their keys and values up to here.
  void advance(int length) {
    this.length = length;
  }

  /// Makes room for tokens before `positions`, each `width` numbers.
  void reserve(int layer, int positions, int width) {
    if (positions > limit) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens is longer than the %d that were reserved for it"
              .formatted(positions, limit));
    }
    int size = Math.multiplyExact(positions, width);
    if (keys[layer].length < size) {
      int grown = Math.min(Math.max(size, 2 * keys[layer].length), limit * width);
      keys[layer] = Arrays.copyOf(keys[layer], grown);
      values[layer] = Arrays.copyOf(values[layer], grown);
    }
  }

  /// [position,K,C]
  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }
}
