package dev.imago.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one sequence keeps of its tokens so far, by layer: keys and values for attention, which
/// grow with it up to its limit, or the state of a recurrent cell.
public final class KeyValues {
  private final int limit;
  private final float[][] keys;
  private final float[][] values;
  private final float[][] states;
  private final int[] sourceIds;
  private final @Nullable KeyValues source;
  private int length;

  /// @param layers of the model
  /// @param limit the longest that the sequence may become, in tokens
  public KeyValues(int layers, int limit) {
    this(layers, limit, new int[0]);
  }

  /// @param layers of the model's decoder
  /// @param limit the longest that the sequence may become, in tokens
  /// @param source the ids that an encoder reads for it; empty for none
  public KeyValues(int layers, int limit, int[] source) {
    this.sourceIds = source.clone();
    this.source = source.length == 0 ? null : new KeyValues(layers, source.length);
    this.limit = limit;
    this.keys = new float[layers][0];
    this.values = new float[layers][0];
    this.states = new float[layers][0];
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
      sum += 4L * (keys[i].length + values[i].length + states[i].length);
    }
    return source == null ? sum : sum + source.bytes();
  }

  /// What an encoder reads for it.
  int[] sourceIds() {
    return sourceIds;
  }

  /// The keys and values of its source: none before it was read.
  ///
  /// @throws IllegalArgumentException where it has no source
  KeyValues source() {
    if (source == null) {
      throw new IllegalArgumentException(
          "a sequence without a source is nothing for an encoder-decoder");
    }
    return source;
  }

  /// Forgets what follows the first tokens.
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "length = %d is not in 0 … %d".formatted(length, this.length));
    }
    for (float[] state : states) {
      if (length != 0 && length != this.length && state.length > 0) {
        throw new IllegalArgumentException("a recurrent state cannot go back; begin again at 0");
      }
      if (length == 0) {
        Arrays.fill(state, 0);
      }
    }
    this.length = length;
  }

  /// Tells that all layers have got their keys and values up to here.
  void advance(int length) {
    this.length = length;
    if (source != null) {
      source.length = source.limit;
    }
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

  /// A recurrent cell's state, in place; 0 to begin with.
  float[] state(int layer, int size) {
    if (states[layer].length != size) {
      states[layer] = new float[size];
    }
    return states[layer];
  }

  /// [position,K,C]
  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }
}
