package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// Remembers the ids of pieces: a bounded table in sets of four, in which what was used lately
/// stands in front and the last is replaced when a new piece comes.
///
/// A piece of at most 15 bytes is its own key, two longs, its length in the top byte; a longer one
/// lies in a pool of bytes and its key is a hash and its place there. What is remembered is a long:
/// up to three ids ([#ids]), or where more of them lie in a list. So a lookup follows no pointer.
final class PieceCache {
  /// Longer pieces are not remembered.
  static final int LONGEST = 256;

  /// The bits of an id in a value of three; the count lies above them.
  static final int ID_BITS = 20;

  static final int ID_MASK = (1 << ID_BITS) - 1;
  static final int IDS = 3;

  /// The bytes of the longest piece that is its own key.
  static final int INLINE = 15;

  private static final int WAYS = 4;
  private static final int FIRST_ENTRIES = 1 << 10;
  private static final int MOST_ENTRIES = 1 << 18;
  private static final int MOST_POOLED = 4 << 20;
  private static final int MOST_LISTED = 1 << 20;

  /// The top byte of a key when the piece lies in the pool.
  private static final long POOLED = 0xffL << 56;

  /// Two longs an entry.
  private long[] keys;

  private long[] values;
  private int shift;
  private int used;
  private byte[] pool = new byte[1 << 12];
  private int pooled;
  private final IntList listed = new IntList();

  PieceCache() {
    allocate(FIRST_ENTRIES);
  }

  private void allocate(int count) {
    keys = new long[2 * count];
    values = new long[count];
    shift = 64 + 2 - Integer.numberOfTrailingZeros(count); // to the number of a set
  }

  /// Grows the table, or empties it, where it is time. What was found before may be void after.
  void tidy() {
    if (pooled > MOST_POOLED || listed.size() > MOST_LISTED) {
      Arrays.fill(keys, 0);
      used = 0;
      pooled = 0;
      listed.clear();
    } else if (used * 3 > values.length && values.length < MOST_ENTRIES) {
      // Half full, one set in twenty would have more pieces than places, which are merged anew.
      grow();
    }
  }

  /// The first half of a piece's key.
  static long low(byte[] text, int from, int to) {
    return to - from > INLINE
        ? Bytes.hash(text, from, to)
        : Bytes.part(text, from, Math.min(to, from + 8));
  }

  /// The second half, less the place in the pool.
  static long high(byte[] text, int from, int to) {
    int length = to - from;
    return length > INLINE
        ? POOLED | (long) length << 32
        : (length > 8 ? Bytes.part(text, from + 8, to) : 0) | (long) length << 56;
  }

  /// The place of a key's set.
  int place(long low, long high) {
    return (int) (hash(low, high) >>> shift) * WAYS;
  }

  /// Of a key: its high bits are the better ones.
  static long hash(long low, long high) {
    return (low ^ high * 0xC2B2AE3D27D4EB4FL) * Bytes.MIX;
  }

  /// Loads what lies at a place, so that it is near when it is looked for.
  long fetch(int place) {
    return keys[2 * place] + values[place];
  }

  /// The value of a piece by its key, or 0.
  long find(int place, long low, long high, byte[] text, int from) {
    long[] table = keys;
    for (int way = 0; way < WAYS; way++) {
      int at = place + way;
      if (table[2 * at] == low
          && (table[2 * at + 1] == high
              || high < 0 && samePooled(table[2 * at + 1], high, text, from))) {
        long value = values[at];
        if (way > 0) {
          swap(at);
        }
        return value;
      }
    }
    return 0;
  }

  private boolean samePooled(long key, long high, byte[] text, int from) {
    int start = (int) key;
    int length = (int) (high >>> 32) & 0xffffff;
    return key >>> 32 == high >>> 32
        && Arrays.equals(pool, start, start + length, text, from, from + length);
  }

  private void swap(int at) {
    long low = keys[2 * at];
    long high = keys[2 * at + 1];
    long value = values[at];
    keys[2 * at] = keys[2 * at - 2];
    keys[2 * at + 1] = keys[2 * at - 1];
    values[at] = values[at - 1];
    keys[2 * at - 2] = low;
    keys[2 * at - 1] = high;
    values[at - 1] = value;
  }

  /// Remembers the ids of a piece that is not known.
  ///
  /// @return its value
  long put(int place, long low, long high, byte[] text, int from, int to, int[] ids, int count) {
    long value = (long) count << 3 * ID_BITS;
    boolean fits = count <= IDS && count > 0;
    for (int i = 0; i < count && fits; i++) {
      fits = ids[i] <= ID_MASK;
      value |= (long) ids[i] << ID_BITS * i;
    }
    if (!fits) {
      value = Long.MIN_VALUE | (long) count << 32 | listed.size();
      listed.add(ids, 0, count);
    }
    long key = high;
    if (high < 0) {
      int length = to - from;
      if (pooled + length > pool.length) {
        pool = Arrays.copyOf(pool, Math.max(2 * pool.length, pooled + length));
      }
      System.arraycopy(text, from, pool, pooled, length);
      key |= pooled;
      pooled += length;
    }
    insert(place, low, key, value);
    return value;
  }

  /// Appends the ids of a negative value, which lie in the list.
  void appendListed(long value, IntList out) {
    out.add(listed.array(), (int) value, (int) (value >>> 32) & Integer.MAX_VALUE);
  }

  private void insert(int place, long low, long high, long value) {
    used += keys[2 * (place + WAYS) - 1] == 0 ? 1 : 0;
    System.arraycopy(keys, 2 * place, keys, 2 * place + 2, 2 * (WAYS - 1));
    System.arraycopy(values, place, values, place + 1, WAYS - 1);
    keys[2 * place] = low;
    keys[2 * place + 1] = high;
    values[place] = value;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    allocate(2 * oldValues.length);
    used = 0;
    for (int place = 0; place < oldValues.length; place += WAYS) {
      // The back of a set first, so that the front stays in front.
      for (int at = place + WAYS - 1; at >= place; at--) {
        long low = oldKeys[2 * at];
        long high = oldKeys[2 * at + 1];
        if (high != 0) {
          // The place in the pool is no part of the hash.
          insert(place(low, high < 0 ? high & -1L << 32 : high), low, high, oldValues[at]);
        }
      }
    }
  }
}
