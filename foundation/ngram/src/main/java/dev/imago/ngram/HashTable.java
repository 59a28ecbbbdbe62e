package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.F32;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// N-grams by the hash of their words. Level n of 2 … N is a table of half as many slots again as
/// there are n-grams, each the hash (`int64`, 0 where empty), p and below N the back-off; what does
/// not find its slot free is in the next one that is.
///
/// Many are looked for at once: first all of one length have their slots read, which memory answers
/// side by side, then those that were found go on to the next.
final class HashTable extends NgramTable {
  private static final ValueLayout.OfLong KEY =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int INNER_STRIDE = 16;
  private static final int LAST_STRIDE = 12;

  private final long[] bases;
  private final long[] slots;

  HashTable(MemorySegment file, NgramLayout layout) {
    super(file, layout);
    bases = new long[order + 1];
    slots = new long[order + 1];
    for (int n = 2; n <= order; n++) {
      bases[n] = layout.levelAt(n);
      slots[n] = slots(layout, n);
    }
  }

  private static long slots(NgramLayout layout, int n) {
    long count = layout.counts()[n - 1];
    return count + count / 2 + 1;
  }

  private static int stride(NgramLayout layout, int n) {
    return n < layout.order() ? INNER_STRIDE : LAST_STRIDE;
  }

  static long bytes(NgramLayout layout, int n) {
    return slots(layout, n) * stride(layout, n);
  }

  /// The hash of a word, to be gone on with by those before it.
  private static long hash(int word) {
    return (word + 1L) * 0x9E3779B97F4A7C15L;
  }

  /// Of one word more, on the left; a bijection of either.
  private static long hash(long of, int word) {
    long h = (of ^ of >>> 29) * 0xBF58476D1CE4E5B9L + (word + 1L) * 0x94D049BB133111EBL;
    return h ^ h >>> 32;
  }

  private static long key(long hash) {
    return hash == 0 ? 1 : hash;
  }

  private long slot(int n, long key) {
    return Math.unsignedMultiplyHigh(key * 0xD6E8FEB86659FD93L, slots[n]);
  }

  /// Where an n-gram's slot is, in bytes; −1 where it is not there.
  private long locate(int n, long key) {
    long slot = slot(n, key);
    int stride = stride(layout, n);
    // A broken file may have no empty slot: as many tries as there are slots, and no more.
    for (long tries = slots[n]; tries > 0; tries--) {
      long at = bases[n] + slot * stride;
      long there = file.get(KEY, at);
      if (there == key) {
        return at;
      }
      if (there == 0) {
        return -1;
      }
      slot = slot + 1 == slots[n] ? 0 : slot + 1;
    }
    return -1;
  }

  @Override
  int find(int[] ids, int from, int at, float[] found, int to) {
    int word = ids[at];
    if (!isWord(word)) {
      return 0;
    }
    found[to] = wordP(word);
    if (order > 1) {
      found[to + 1] = wordWeight(word);
    }
    long hash = hash(word);
    int n = 1;
    while (n < order && at - n >= from && isWord(ids[at - n])) {
      hash = hash(hash, ids[at - n]);
      long slot = locate(n + 1, key(hash));
      if (slot < 0) {
        break;
      }
      n++;
      take(n, slot, found, to);
    }
    return n;
  }

  private void take(int n, long slot, float[] found, int to) {
    found[to] = file.get(F32, slot + 8);
    if (n < order) {
      found[to + n] = file.get(F32, slot + 12);
    }
  }

  @Override
  void findAll(int[] ids, int from, int at, int count, float[] found, int[] lengths) {
    int[] alive = new int[count];
    long[] hashes = new long[count];
    long[] there = new long[count];
    int many = 0;
    for (int i = 0; i < count; i++) {
      int word = ids[at + i];
      lengths[i] = 0;
      if (isWord(word)) {
        lengths[i] = 1;
        found[i * order] = wordP(word);
        if (order > 1) {
          found[i * order + 1] = wordWeight(word);
        }
        hashes[i] = hash(word);
        alive[many++] = i;
      }
    }
    for (int n = 2; n <= order && many > 0; n++) {
      many = read(n, ids, from, at, alive, many, hashes, there);
      int kept = 0;
      for (int a = 0; a < many; a++) {
        int i = alive[a];
        long key = key(hashes[i]);
        long slot =
            there[a] == key
                ? bases[n] + slot(n, key) * stride(layout, n)
                : there[a] == 0 ? -1 : locate(n, key);
        if (slot >= 0) {
          take(n, slot, found, i * order);
          lengths[i] = n;
          alive[kept++] = i;
        }
      }
      many = kept;
    }
  }

  /// Reads the first slot of each n-gram that may be longer by one word.
  private int read(
      int n, int[] ids, int from, int at, int[] alive, int many, long[] hashes, long[] there) {
    int kept = 0;
    int stride = stride(layout, n);
    for (int a = 0; a < many; a++) {
      int i = alive[a];
      int before = at + i - n + 1;
      if (before >= from && isWord(ids[before])) {
        long hash = hash(hashes[i], ids[before]);
        hashes[i] = hash;
        there[kept] = file.get(KEY, bases[n] + slot(n, key(hash)) * stride);
        alive[kept++] = i;
      }
    }
    return kept;
  }

  /// Writes levels 2 … N of a trie into a file that has the rest.
  ///
  /// @throws IllegalArgumentException where two n-grams have one hash
  static void write(TrieTable from, NgramLayout layout, MemorySegment to) {
    var table = new HashTable(to, layout);
    for (int n = 2; n <= layout.order(); n++) {
      var path = new TriePath(from);
      int[] gram = new int[n];
      for (boolean more = path.start(n); more; more = path.next()) {
        path.copy(gram);
        long hash = hash(gram[n - 1]);
        for (int i = n - 2; i >= 0; i--) {
          hash = hash(hash, gram[i]);
        }
        table.put(n, key(hash), path.p(), path.backOff());
      }
    }
  }

  private void put(int n, long key, float p, float weight) {
    long slot = slot(n, key);
    int stride = stride(layout, n);
    long at = bases[n] + slot * stride;
    while (file.get(KEY, at) != 0) {
      if (file.get(KEY, at) == key) {
        throw new IllegalArgumentException(
            "two n-grams of %d words have one hash; keep the trie".formatted(n));
      }
      slot = slot + 1 == slots[n] ? 0 : slot + 1;
      at = bases[n] + slot * stride;
    }
    file.set(KEY, at, key);
    file.set(F32, at + 8, p);
    if (n < order) {
      file.set(F32, at + 12, weight);
    }
  }
}
