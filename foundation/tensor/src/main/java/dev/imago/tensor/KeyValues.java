package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one sequence keeps of its tokens so far, by layer: keys and values for attention, in blocks
/// off the heap which it takes as it grows up to its limit, or the state of a recurrent cell.
///
/// Closing it gives the blocks back, and nothing may use it after.
public final class KeyValues implements AutoCloseable {
  private final int limit;
  private final CacheBlocks blocks;
  private final List<List<MemorySegment>> keys = new ArrayList<>();
  private final List<List<MemorySegment>> values = new ArrayList<>();
  private final float[][] states;
  private final int[] sourceIds;
  private final @Nullable KeyValues source;
  private int length;
  private boolean broken;

  /// One with memory of its own, in F32, which goes some time after nobody has it.
  ///
  /// @param layers of the model
  /// @param limit the longest that the sequence may become, in tokens
  public KeyValues(int layers, int limit) {
    this(layers, limit, new int[0]);
  }

  /// One with memory of its own, in F32, which goes some time after nobody has it.
  ///
  /// @param layers of the model's decoder
  /// @param limit the longest that the sequence may become, in tokens
  /// @param source the ids that an encoder reads for it; empty for none
  public KeyValues(int layers, int limit, int[] source) {
    this(layers, limit, source, CacheBlocks.collected(CacheType.F32));
  }

  /// @param layers of the model's decoder
  /// @param limit the longest that the sequence may become, in tokens
  /// @param source the ids that an encoder reads for it; empty for none
  /// @param blocks where its memory is from
  public KeyValues(int layers, int limit, int[] source, CacheBlocks blocks) {
    this.sourceIds = source.clone();
    this.source =
        source.length == 0 ? null : new KeyValues(layers, source.length, new int[0], blocks);
    this.limit = limit;
    this.blocks = blocks;
    for (int i = 0; i < layers; i++) {
      keys.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
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
    for (int i = 0; i < states.length; i++) {
      List<MemorySegment> some = keys.get(i);
      sum += 4L * states[i].length;
      sum += some.isEmpty() ? 0 : 2 * some.size() * some.getFirst().byteSize();
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
    broken &= length > 0;
    this.length = length;
  }

  /// Tells that all layers have got their keys and values up to here.
  void advance(int length) {
    this.length = length;
    if (source != null) {
      source.length = source.limit;
    }
  }

  /// Keeps one token's keys and values: numbers at … at + width − 1 of each array.
  void write(int layer, int position, float[] k, float[] v, int at, int width) {
    if (position >= limit) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens is longer than the %d that were reserved for it"
              .formatted(position + 1, limit));
    }
    int block = position / CacheBlocks.TOKENS;
    while (keys.get(layer).size() <= block) {
      keys.get(layer).add(blocks.take(width));
      values.get(layer).add(blocks.take(width));
    }
    CacheType type = blocks.type();
    long to = position % CacheBlocks.TOKENS * type.bytes(width);
    broken |= !type.rows().write(k, at, width, keys.get(layer).get(block), to);
    broken |= !type.rows().write(v, at, width, values.get(layer).get(block), to);
  }

  /// Whether something was to be kept that the type cannot tell, so that attention over it is of no
  /// numbers.
  boolean broken() {
    return broken;
  }

  /// A recurrent cell's state, in place; 0 to begin with.
  float[] state(int layer, int size) {
    if (states[layer].length != size) {
      states[layer] = new float[size];
    }
    return states[layer];
  }

  CacheType type() {
    return blocks.type();
  }

  /// The keys of [CacheBlocks#TOKENS] tokens, row by row.
  MemorySegment keys(int layer, int block) {
    return keys.get(layer).get(block);
  }

  MemorySegment values(int layer, int block) {
    return values.get(layer).get(block);
  }

  @Override
  public void close() {
    for (List<List<MemorySegment>> all : List.of(keys, values)) {
      for (List<MemorySegment> some : all) {
        some.forEach(blocks::giveBack);
        some.clear();
      }
    }
    if (source != null) {
      source.close();
    }
  }
}
