package dev.imago.vocabularies.learning;

/// How often each pair of symbols occurs: open addressing, the count beside the key. A pair that
/// was counted once stays, its count perhaps 0.
final class PairCounts {
  /// Odd, so that a product with it has an inverse.
  static final long MIX = 0x9E3779B97F4A7C15L;

  /// The key plus one, so that 0 is free, and the count.
  private long[] table = new long[1 << 13];

  private int mask = (table.length >> 1) - 1;
  private int size;

  static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /// Makes room, so that places stay what they are while `more` pairs are added.
  void reserve(int more) {
    while ((size + (long) more) * 8 > (mask + 1L) * 5) {
      grow();
    }
  }

  /// Adds to the count of a pair; there must be room for it.
  ///
  /// @return the pair's place
  int add(long pair, long more) {
    int at = find(pair);
    if (table[at] == 0) {
      table[at] = pair + 1;
      size++;
    }
    table[at + 1] += more;
    return at;
  }

  /// Takes from the count of a pair, which must have been counted to count.
  void subtract(long pair, long less) {
    int at = find(pair);
    if (table[at] != 0) {
      table[at + 1] -= less;
    }
  }

  long countAt(int place) {
    return table[place + 1];
  }

  long count(long pair) {
    return table[find(pair) + 1];
  }

  private int find(long pair) {
    int at = slot(pair);
    while (table[at] != pair + 1 && table[at] != 0) {
      at = at + 2 & 2 * mask + 1;
    }
    return at;
  }

  private int slot(long pair) {
    return ((int) (pair * MIX >>> 32) & mask) << 1;
  }

  private void grow() {
    long[] old = table;
    if (old.length > 1 << 29) {
      throw new IllegalStateException(
          "%,d pairs are more than one table holds; train on a sample".formatted(size));
    }
    table = new long[2 * old.length];
    mask = 2 * mask + 1;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0) {
        int at = find(old[i] - 1);
        table[at] = old[i];
        table[at + 1] = old[i + 1];
      }
    }
  }
}
