package dev.imago.text.bytelevel;

import java.util.Arrays;

/// Remembers the ids of pieces: a bounded table in sets of two, the one that was used last in
/// front, the other replaced when a new piece comes.
///
/// An entry is four longs: two of key, two of value. A piece of at most 15 bytes is its own key, its
/// length in the top byte; a longer one lies in a pool of bytes and its key is a hash and its place
/// there. Up to four ids lie in the value, their count in its top bits; more lie in a list. So most
/// pieces cost one line of memory, and no pointer is followed.
final class PieceCache {
  /// Longer pieces are not remembered.
  static final int LONGEST = 256;

  static final int INLINE = 15;
  static final int IDS = 4;

  /// The count of an entry whose ids lie in the list.
  private static final int LISTED = 15;

  /// Larger ids would meet the count.
  private static final int ID_BITS = 28;

  private static final int ENTRY = 4;
  private static final int FIRST_ENTRIES = 1 << 10;
  private static final int MOST_ENTRIES = 1 << 17;
  private static final int MOST_POOLED = 4 << 20;
  private static final int MOST_LISTED = 1 << 20;

  /// The top byte of a key when the piece lies in the pool.
  private static final long POOLED = 0xffL << 56;

  /// By length: which bits of a piece's two longs are its own.
  private static final long[] LOW_MASKS = new long[16];

  private static final long[] HIGH_MASKS = new long[16];

  static {
    for (int length = 0; length < 16; length++) {
      LOW_MASKS[length] = length >= 8 ? -1L : (1L << length * 8) - 1;
      HIGH_MASKS[length] = length <= 8 ? 0 : (1L << (length - 8) * 8) - 1;
    }
  }

  private long[] entries;
  private int shift;
  private int used;
  private byte[] pool = new byte[1 << 12];
  private int pooled;
  private final IntList listed = new IntList();

  PieceCache() {
    allocate(FIRST_ENTRIES);
  }

  private void allocate(int count) {
    entries = new long[count * ENTRY];
    shift = 65 - Integer.numberOfTrailingZeros(count); // to the number of a set of two
  }

  /// Appends the ids of `text[from, to)`, whose room must be there: [#IDS] more at least.
  ///
  /// @return false when the piece is not known
  boolean find(byte[] text, int from, int to, IntList out) {
    int length = to - from;
    if (length > INLINE) {
      return findPooled(text, from, to, out);
    }
    long low;
    long high;
    if (from + 16 <= text.length) {
      low = Bytes.longAt(text, from) & LOW_MASKS[length];
      high = Bytes.longAt(text, from + 8) & HIGH_MASKS[length];
    } else {
      low = Bytes.part(text, from, Math.min(to, from + 8));
      high = length > 8 ? Bytes.part(text, from + 8, to) : 0;
    }
    high |= (long) length << 56;
    long[] table = entries;
    int at = set(low, high);
    if (table[at] != low || table[at + 1] != high) {
      if (table[at + ENTRY] != low || table[at + ENTRY + 1] != high) {
        return false;
      }
      swap(table, at);
    }
    long tail = table[at + 3];
    int count = (int) (tail >>> 60);
    if (count == LISTED) {
      emitListed(table[at + 2], out);
      return true;
    }
    long head = table[at + 2];
    int[] ids = out.array();
    int size = out.size();
    ids[size] = (int) head;
    ids[size + 1] = (int) (head >>> 32);
    ids[size + 2] = (int) tail;
    ids[size + 3] = (int) (tail >>> 32) & (1 << ID_BITS) - 1;
    out.size(size + count);
    return true;
  }

  private int set(long low, long high) {
    return (int) ((low ^ high * 0xC2B2AE3D27D4EB4FL) * Bytes.MIX >>> shift) * 2 * ENTRY;
  }

  private static void swap(long[] table, int at) {
    for (int i = at; i < at + ENTRY; i++) {
      long one = table[i];
      table[i] = table[i + ENTRY];
      table[i + ENTRY] = one;
    }
  }

  private void emitListed(long head, IntList out) {
    out.add(listed.array(), (int) head, (int) (head >>> 32));
  }

  private boolean findPooled(byte[] text, int from, int to, IntList out) {
    int length = to - from;
    long hash = Bytes.hash(text, from, to);
    long high = POOLED | (long) length << 32;
    long[] table = entries;
    int at = set(hash, high);
    for (int way = 0; way < 2; way++) {
      int entry = at + way * ENTRY;
      long key = table[entry + 1];
      int start = (int) key;
      if (table[entry] == hash
          && key >>> 32 == high >>> 32
          && Arrays.equals(pool, start, start + length, text, from, to)) {
        long head = table[entry + 2];
        long tail = table[entry + 3];
        int count = (int) (tail >>> 60);
        if (count == LISTED) {
          emitListed(head, out);
        } else {
          for (int i = 0; i < count; i++) {
            long half = i < 2 ? head : tail;
            out.add((int) (half >>> 32 * (i & 1)) & (1 << ID_BITS) - 1);
          }
        }
        if (way == 1) {
          swap(table, at);
        }
        return true;
      }
    }
    return false;
  }

  /// Remembers the ids of a piece that is not known.
  void put(byte[] text, int from, int to, int[] ids, int start, int count) {
    int length = to - from;
    if (length > LONGEST) {
      return;
    }
    if (pooled + length > MOST_POOLED || listed.size() + count > MOST_LISTED) {
      Arrays.fill(entries, 0);
      used = 0;
      pooled = 0;
      listed.clear();
    }
    long head = 0;
    long tail = 0;
    boolean fits = count <= IDS;
    for (int i = 0; i < count && fits; i++) {
      long id = ids[start + i];
      fits = id >>> ID_BITS == 0;
      head |= i < 2 ? id << 32 * i : 0;
      tail |= i < 2 ? 0 : id << 32 * (i - 2);
    }
    if (fits) {
      tail |= (long) count << 60;
    } else {
      head = (long) count << 32 | listed.size();
      tail = (long) LISTED << 60;
      listed.add(ids, start, count);
    }
    long low;
    long high;
    if (length > INLINE) {
      if (pooled + length > pool.length) {
        pool = Arrays.copyOf(pool, Math.max(2 * pool.length, pooled + length));
      }
      System.arraycopy(text, from, pool, pooled, length);
      low = Bytes.hash(text, from, to);
      high = POOLED | (long) length << 32 | pooled;
      pooled += length;
    } else {
      low = Bytes.part(text, from, Math.min(to, from + 8));
      high = (length > 8 ? Bytes.part(text, from + 8, to) : 0) | (long) length << 56;
    }
    insert(low, high, head, tail);
    if (used * 2 > entries.length / ENTRY && entries.length < MOST_ENTRIES * ENTRY) {
      grow();
    }
  }

  private void insert(long low, long high, long head, long tail) {
    // The place in the pool is no part of the hash.
    int at = set(low, high >>> 56 == 0xff ? high & -1L << 32 : high);
    used += entries[at + ENTRY + 1] == 0 ? 1 : 0;
    System.arraycopy(entries, at, entries, at + ENTRY, ENTRY);
    entries[at] = low;
    entries[at + 1] = high;
    entries[at + 2] = head;
    entries[at + 3] = tail;
  }

  private void grow() {
    long[] old = entries;
    allocate(old.length / ENTRY * 2);
    used = 0;
    // The back of a set first, so that the front stays in front.
    for (int at = 0; at < old.length; at += 2 * ENTRY) {
      for (int entry = at + ENTRY; entry >= at; entry -= ENTRY) {
        if (old[entry + 1] != 0) {
          insert(old[entry], old[entry + 1], old[entry + 2], old[entry + 3]);
        }
      }
    }
  }
}
