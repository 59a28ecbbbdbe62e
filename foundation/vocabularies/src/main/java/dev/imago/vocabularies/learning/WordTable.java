package dev.imago.vocabularies.learning;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;

/// Distinct words and their counts in memory: open addressing on primitive arrays.
///
/// A word of at most 15 bytes is its own key, two longs, its length in the top byte: one
/// comparison, no pointer, its count beside it. Longer ones lie in a pool of bytes, found by a
/// 64-bit hash and then compared.
final class WordTable implements CountedWords, WordCutter.Words {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INLINE = 15;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  /// The top byte of a key's second half when the word lies in the pool.
  private static final int POOLED = 0xff;

  /// Longs a slot: the key's halves, the second 0 where the slot is free, and the count.
  private static final int SLOT = 3;

  private static final int LEAST_SLOTS = 1 << 12;
  private static final int MOST_SLOTS = 1 << 26;

  private final int mostSlots;
  private final int mostPooled;
  private final Consumer<WordTable> full;

  private long[] table = new long[0];
  private int mask;
  private int room;
  private int size;
  private long bytes;

  private byte[] pool = new byte[1 << 12];
  private int pooled;

  /// Of pooled words: where one starts in the pool and where it ends.
  private int[] bounds = new int[64];

  private int pooledWords;

  /// @param memoryBytes about how many bytes the table may take, also while it grows or is sorted
  /// @param full called with the table when it takes them, and must [#clear] it
  WordTable(long memoryBytes, Consumer<WordTable> full) {
    long slots = Long.highestOneBit(Math.max(1, memoryBytes / (2 * SLOT * Long.BYTES)));
    mostSlots = Math.clamp(slots, LEAST_SLOTS, MOST_SLOTS);
    mostPooled = Math.clamp(memoryBytes / 8, 1 << 12, Integer.MAX_VALUE / 4);
    this.full = full;
    allocate(LEAST_SLOTS);
  }

  /// A table that grows as long as it can.
  WordTable() {
    this(Long.MAX_VALUE, table -> {});
  }

  @Override
  public long distinct() {
    return size;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void add(byte[] text, int from, int to) {
    add(text, from, to, 1);
  }

  void add(byte[] text, int from, int to, long times) {
    int length = to - from;
    if (length > INLINE) {
      addPooled(text, from, length, times);
      return;
    }
    long low;
    long high;
    if (from + 16 <= text.length) {
      low = (long) LONG.get(text, from);
      high = (long) LONG.get(text, from + 8);
      if (length < 8) {
        low &= (1L << length * 8) - 1;
        high = 0;
      } else {
        high &= (1L << (length - 8) * 8) - 1;
      }
    } else {
      low = bytes(text, from, Math.min(to, from + 8));
      high = bytes(text, from + 8, to);
    }
    high |= (long) length << 56;
    int at = slot(low, high);
    while (true) {
      long found = table[at + 1];
      if (found == high && table[at] == low) {
        table[at + 2] += times;
        return;
      }
      if (found == 0) {
        insert(at, low, high, times, length);
        return;
      }
      at = next(at);
    }
  }

  private int slot(long low, long high) {
    long hash = (low ^ high * MIX) * MIX;
    return ((int) (hash >>> 32) & mask) * SLOT;
  }

  private int next(int at) {
    at += SLOT;
    return at == table.length ? 0 : at;
  }

  private static long bytes(byte[] text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value |= (text[i] & 0xffL) << (i - from) * 8;
    }
    return value;
  }

  private void addPooled(byte[] text, int from, int length, long times) {
    long hash = length;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = (hash ^ (long) LONG.get(text, from + i)) * MIX;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ bytes(text, from + i, from + length)) * MIX;
    hash ^= hash >>> 32;
    int at = pooledSlot(hash);
    for (; table[at + 1] != 0; at = next(at)) {
      if (table[at] == hash && isPooled(at)) {
        int word = (int) table[at + 1];
        if (Arrays.equals(
            pool, bounds[2 * word], bounds[2 * word + 1], text, from, from + length)) {
          table[at + 2] += times;
          return;
        }
      }
    }
    pool(text, from, length);
    insert(at, hash, (long) POOLED << 56 | pooledWords++, times, length);
  }

  private int pooledSlot(long hash) {
    return ((int) (hash >>> 16) & mask) * SLOT;
  }

  private boolean isPooled(int at) {
    return table[at + 1] >>> 56 == POOLED;
  }

  private void pool(byte[] text, int from, int length) {
    if (length > Integer.MAX_VALUE - 64 - pooled) {
      throw new IllegalStateException(
          "the distinct words longer than %d bytes take more than 2 GiB; let counting spill to a folder, or train on a sample"
              .formatted(INLINE));
    }
    if (pooled + length > pool.length) {
      long twice = Math.min(pool.length * 2L, Integer.MAX_VALUE - 64);
      pool = Arrays.copyOf(pool, (int) Math.max(twice, pooled + length));
    }
    System.arraycopy(text, from, pool, pooled, length);
    if (2 * pooledWords == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * pooledWords] = pooled;
    pooled += length;
    bounds[2 * pooledWords + 1] = pooled;
  }

  private void insert(int at, long low, long high, long times, int length) {
    table[at] = low;
    table[at + 1] = high;
    table[at + 2] = times;
    size++;
    bytes += length;
    if (--room < 0 && mask + 1 < mostSlots) {
      grow();
    } else if (room < 0 || pooled > mostPooled) {
      full.accept(this);
      if (room < 0) {
        throw new IllegalStateException(
            "%,d distinct words are more than one table holds; let counting spill to a folder, or train on a sample"
                .formatted(size));
      }
    }
  }

  private void grow() {
    long[] old = table;
    allocate((mask + 1) * 2);
    room -= size;
    for (int i = 0; i < old.length; i += SLOT) {
      if (old[i + 1] != 0) {
        int at = old[i + 1] >>> 56 == POOLED ? pooledSlot(old[i]) : slot(old[i], old[i + 1]);
        while (table[at + 1] != 0) {
          at = next(at);
        }
        System.arraycopy(old, i, table, at, SLOT);
      }
    }
  }

  private void allocate(int slots) {
    table = new long[slots * SLOT];
    mask = slots - 1;
    room = slots / 8 * 5;
  }

  /// Adds the words of another table.
  void addAll(WordTable other) {
    other.forEachUnordered(this::add);
  }

  /// Forgets every word; keeps the room.
  void clear() {
    Arrays.fill(table, 0);
    room = (mask + 1) / 8 * 5;
    pooled = 0;
    pooledWords = 0;
    size = 0;
    bytes = 0;
  }

  /// Gives the memory back; the table is empty then.
  void release() {
    size = 0;
    bytes = 0;
    pool = new byte[1 << 12];
    pooled = 0;
    pooledWords = 0;
    allocate(LEAST_SLOTS);
  }

  @Override
  public void forEachUnordered(Visitor visitor) {
    byte[] word = new byte[16];
    for (int at = 0; at < table.length; at += SLOT) {
      if (table[at + 1] != 0) {
        visit(at, word, visitor);
      }
    }
  }

  private void visit(int at, byte[] word, Visitor visitor) {
    if (isPooled(at)) {
      int number = (int) table[at + 1];
      visitor.word(pool, bounds[2 * number], bounds[2 * number + 1], table[at + 2]);
    } else {
      LONG.set(word, 0, table[at]);
      LONG.set(word, 8, table[at + 1]);
      visitor.word(word, 0, (int) (table[at + 1] >>> 56), table[at + 2]);
    }
  }

  @Override
  public void forEach(Visitor visitor) {
    int[] slots = new int[size];
    int found = 0;
    for (int at = 0; at < table.length; at += SLOT) {
      if (table[at + 1] != 0) {
        slots[found++] = at;
      }
    }
    IndexSort.sort(slots, this::compare);
    byte[] word = new byte[16];
    for (int at : slots) {
      visit(at, word, visitor);
    }
  }

  /// By the first eight bytes, the next seven, and the length; only words in the pool may be equal
  /// by then.
  private int compare(int one, int other) {
    int order = Long.compareUnsigned(first(one), first(other));
    if (order == 0) {
      order = Long.compareUnsigned(second(one), second(other));
    }
    if (order == 0 && one != other) {
      int a = (int) table[one + 1];
      int b = (int) table[other + 1];
      order =
          Arrays.compareUnsigned(
              pool, bounds[2 * a], bounds[2 * a + 1], pool, bounds[2 * b], bounds[2 * b + 1]);
    }
    return order;
  }

  private long first(int at) {
    return Long.reverseBytes(
        isPooled(at) ? (long) LONG.get(pool, bounds[2 * (int) table[at + 1]]) : table[at]);
  }

  private long second(int at) {
    long high = table[at + 1];
    if (high >>> 56 == POOLED) {
      high = (long) LONG.get(pool, bounds[2 * (int) high] + 8) | (long) POOLED << 56;
    }
    return Long.reverseBytes(high);
  }
}
