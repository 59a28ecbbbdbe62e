package dev.imago.text;

import dev.imago.text.bytelevel.IntList;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Numbers distinct byte strings 0, 1, 2 … in the order in which they are first seen.
///
/// Open addressing on primitive arrays. A word of at most 15 bytes is its own key, two longs, its
/// length in the top byte: one comparison, no pointer. Longer ones lie in a pool of bytes, found by
/// a 64-bit hash and then compared.
final class Words {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INLINE = 15;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  /// The top byte of a key's second half when the word lies in the pool.
  private static final long POOLED = 0xffL << 56;

  private long[] lows;
  private long[] highs;
  private int[] numbers;
  private int mask;
  private int size;

  private byte[] pool = new byte[1 << 12];
  private int pooled;

  /// By the order of pooled words: where one starts in the pool, and its length.
  private final IntList starts = new IntList();

  private final IntList lengths = new IntList();

  /// @param expected words to make room for at first
  Words(int expected) {
    allocate(Integer.highestOneBit(Math.max(8, expected)) * 4);
  }

  int size() {
    return size;
  }

  /// Bytes of long words held.
  int pooledBytes() {
    return pooled;
  }

  /// The number of the word `text[from, to)`, or −1 − n, where it was new and is n now.
  int add(byte[] text, int from, int to) {
    int length = to - from;
    if (length > INLINE) {
      return addPooled(text, from, length);
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
    long hash = (low ^ high * MIX) * MIX;
    int at = (int) (hash >>> 32) & mask;
    while (numbers[at] >= 0) {
      if (lows[at] == low && highs[at] == high) {
        return numbers[at];
      }
      at = at + 1 & mask;
    }
    return insert(at, low, high);
  }

  private static long bytes(byte[] text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value |= (text[i] & 0xffL) << (i - from) * 8;
    }
    return value;
  }

  private int addPooled(byte[] text, int from, int length) {
    long hash = length;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = (hash ^ (long) LONG.get(text, from + i)) * MIX;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ bytes(text, from + i, from + length)) * MIX;
    hash ^= hash >>> 32;
    int at = (int) (hash >>> 16) & mask;
    while (numbers[at] >= 0) {
      if (lows[at] == hash && highs[at] >>> 56 == 0xff) {
        int start = starts.get((int) highs[at]);
        if (lengths.get((int) highs[at]) == length
            && Arrays.equals(pool, start, start + length, text, from, from + length)) {
          return numbers[at];
        }
      }
      at = at + 1 & mask;
    }
    if (length > Integer.MAX_VALUE - 64 - pooled) {
      throw new IllegalStateException(
          "the distinct words longer than 15 bytes take more than 2 GiB; train on a sample");
    }
    if (pooled + length > pool.length) {
      long twice = Math.min(pool.length * 2L, Integer.MAX_VALUE - 64);
      pool = Arrays.copyOf(pool, (int) Math.max(twice, pooled + length));
    }
    System.arraycopy(text, from, pool, pooled, length);
    starts.add(pooled);
    lengths.add(length);
    pooled += length;
    return insert(at, hash, POOLED | starts.size() - 1);
  }

  private int insert(int at, long low, long high) {
    lows[at] = low;
    highs[at] = high;
    numbers[at] = size++;
    if (size * 2 > mask) {
      grow();
    }
    return -size;
  }

  private void grow() {
    long[] oldLows = lows;
    long[] oldHighs = highs;
    int[] oldNumbers = numbers;
    allocate(oldLows.length * 2);
    for (int i = 0; i < oldLows.length; i++) {
      if (oldNumbers[i] >= 0) {
        boolean inPool = oldHighs[i] >>> 56 == 0xff;
        long low = oldLows[i];
        long hash = inPool ? low << 16 : (low ^ oldHighs[i] * MIX) * MIX;
        int at = (int) (hash >>> 32) & mask;
        while (numbers[at] >= 0) {
          at = at + 1 & mask;
        }
        lows[at] = low;
        highs[at] = oldHighs[i];
        numbers[at] = oldNumbers[i];
      }
    }
  }

  /// Calls back with every word's bytes, in no order.
  void forEach(Visitor visitor) {
    byte[] word = new byte[16];
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] < 0) {
        continue;
      }
      int length = (int) (highs[i] >>> 56);
      if (length == 0xff) {
        int start = starts.get((int) highs[i]);
        visitor.word(numbers[i], pool, start, start + lengths.get((int) highs[i]));
      } else {
        LONG.set(word, 0, lows[i]);
        LONG.set(word, 8, highs[i]);
        visitor.word(numbers[i], word, 0, length);
      }
    }
  }

  /// Takes one word: its number, and its bytes `text[from, to)` for the time of the call.
  interface Visitor {
    void word(int number, byte[] text, int from, int to);
  }

  /// Forgets every word.
  void clear() {
    Arrays.fill(numbers, -1);
    size = 0;
    pooled = 0;
    starts.clear();
    lengths.clear();
  }

  private void allocate(int capacity) {
    lows = new long[capacity];
    highs = new long[capacity];
    numbers = new int[capacity];
    Arrays.fill(numbers, -1);
    mask = capacity - 1;
  }
}
