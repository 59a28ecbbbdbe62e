package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A quantised trie. Level n of 2 … N: the values of p by their codes (`float`), below N those of
/// the back-offs, then the entries without a gap, each its lowest bits first: word, code of p, and
/// below N code of the back-off and first child, in as few bits as the greatest needs; eight bytes
/// of nothing, so that each field is read as one number.
final class PackedTrie extends TrieTable {
  private static final ValueLayout.OfLong ANYWHERE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final PlainTrie words;
  private final Level[] levels;

  /// A level's places.
  ///
  /// @param at of its first entry, in bytes
  /// @param bits of an entry
  private record Level(
      long at, int bits, int wordBits, int pBits, int weightBits, float[] ps, float[] weights) {
    static Level of(MemorySegment file, NgramLayout layout, int n) {
      NgramForm form = layout.form();
      int weightBits = n < layout.order() ? form.weightBits() : 0;
      long start = layout.levelAt(n);
      float[] ps = floats(file, start, 1 << form.bits());
      float[] weights =
          n < layout.order()
              ? floats(file, start + (4L << form.bits()), 1 << weightBits)
              : new float[0];
      return new Level(
          start + books(layout, n),
          entryBits(layout, n),
          bitsOfWord(layout),
          form.bits(),
          weightBits,
          ps,
          weights);
    }

    private static float[] floats(MemorySegment file, long at, int size) {
      return file.asSlice(at, 4L * size).toArray(F32);
    }
  }

  PackedTrie(MemorySegment file, NgramLayout layout) {
    super(file, layout);
    words = new PlainTrie(file, layout);
    levels = new Level[order + 1];
    for (int n = 2; n <= order; n++) {
      levels[n] = Level.of(file, layout, n);
    }
  }

  private static int bits(long most) {
    return Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(most));
  }

  private static int bitsOfWord(NgramLayout layout) {
    return bits(layout.words() - 1L);
  }

  private static int entryBits(NgramLayout layout, int n) {
    int bits = bitsOfWord(layout) + layout.form().bits();
    return n == layout.order()
        ? bits
        : bits + layout.form().weightBits() + bits(layout.counts()[n]);
  }

  /// Bytes of a level's values by code.
  private static long books(NgramLayout layout, int n) {
    return (4L << layout.form().bits())
        + (n < layout.order() ? 4L << layout.form().weightBits() : 0);
  }

  static long bytes(NgramLayout layout, int n) {
    long entries = layout.counts()[n - 1] + (n == layout.order() ? 0 : 1);
    return books(layout, n) + (entries * entryBits(layout, n) + 7) / 8 + Long.BYTES;
  }

  private long field(Level level, long at, int offset, int bits) {
    long bit = at * level.bits() + offset;
    return file.get(ANYWHERE, level.at() + (bit >>> 3)) >>> (bit & 7) & (1L << bits) - 1;
  }

  private void put(Level level, long at, int offset, long value) {
    long bit = at * level.bits() + offset;
    long byteAt = level.at() + (bit >>> 3);
    file.set(ANYWHERE, byteAt, file.get(ANYWHERE, byteAt) | value << (bit & 7));
  }

  @Override
  long first(int n, long at) {
    if (n == 1) {
      return words.first(1, at);
    }
    Level level = levels[n];
    int offset = level.wordBits() + level.pBits() + level.weightBits();
    return field(level, at, offset, level.bits() - offset);
  }

  @Override
  int word(int n, long at) {
    Level level = levels[n];
    return (int) field(level, at, 0, level.wordBits());
  }

  @Override
  float p(int n, long at) {
    if (n == 1) {
      return words.p(1, at);
    }
    Level level = levels[n];
    return level.ps()[(int) field(level, at, level.wordBits(), level.pBits())];
  }

  @Override
  float weight(int n, long at) {
    if (n == 1) {
      return words.weight(1, at);
    }
    Level level = levels[n];
    int offset = level.wordBits() + level.pBits();
    return level.weights()[(int) field(level, at, offset, level.weightBits())];
  }

  /// Writes levels 2 … N of a trie into a file that has the rest.
  static void write(TrieTable from, NgramLayout layout, MemorySegment to) {
    for (int n = 2; n <= layout.order(); n++) {
      boolean inner = n < layout.order();
      var ps = new ValueBins();
      var weights = new ValueBins();
      long count = layout.counts()[n - 1];
      for (long at = 0; at < count; at++) {
        ps.add(from.p(n, at));
        if (inner) {
          weights.add(from.weight(n, at));
        }
      }
      ps.divide(1 << layout.form().bits());
      long start = layout.levelAt(n);
      ps.write(to, start);
      if (inner) {
        weights.divide(1 << layout.form().weightBits());
        weights.write(to, start + (4L << layout.form().bits()));
      }
      new PackedTrie(to, layout).fill(n, from, ps, weights);
    }
  }

  private void fill(int n, TrieTable from, ValueBins ps, ValueBins weights) {
    Level level = levels[n];
    long count = layout.counts()[n - 1];
    int second = level.wordBits() + level.pBits();
    for (long at = 0; at < count; at++) {
      put(level, at, 0, from.word(n, at));
      put(level, at, level.wordBits(), ps.code(from.p(n, at)));
      if (n < order) {
        put(level, at, second, weights.code(from.weight(n, at)));
        put(level, at, second + level.weightBits(), from.first(n, at));
      }
    }
    if (n < order) {
      put(level, count, second + level.weightBits(), from.first(n, count));
    }
  }
}
