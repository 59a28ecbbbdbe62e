package dev.imago.metrics;

/// The draws of numpy's `default_rng(seed)`, by which sacreBLEU tests: a permuted congruential
/// generator of 128 bits (O'Neill 2014, PCG XSL RR 128/64), seeded by numpy's `SeedSequence`.
final class NumpyRandom {
  private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
  private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;

  private long high;
  private long low;
  private final long incrementHigh;
  private final long incrementLow;

  private boolean halfLeft;
  private int half;
  private int bits;
  private int bitsLeft;

  /// @param seed 0 … 2³² − 1, as sacreBLEU's 12345
  NumpyRandom(int seed) {
    long[] words = new SeedWords(seed).words();
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    step();
    low += words[1];
    high += words[0] + (Long.compareUnsigned(low, words[1]) < 0 ? 1 : 0);
    step();
  }

  /// numpy's mixing of a seed of one word into eight.
  private static final class SeedWords {
    private static final int XSHIFT = 16;

    private final int[] pool = new int[4];
    private int hash = 0x43b0d7e5;

    SeedWords(int seed) {
      for (int i = 0; i < pool.length; i++) {
        pool[i] = hashed(i == 0 ? seed : 0);
      }
      for (int from = 0; from < pool.length; from++) {
        for (int to = 0; to < pool.length; to++) {
          if (from != to) {
            int mixed = 0xca01f9dd * pool[to] - 0x4973f715 * hashed(pool[from]);
            pool[to] = mixed ^ mixed >>> XSHIFT;
          }
        }
      }
    }

    private int hashed(int value) {
      int v = value ^ hash;
      hash *= 0x931e8875;
      v *= hash;
      return v ^ v >>> XSHIFT;
    }

    /// Four words of 64 bits.
    long[] words() {
      int constant = 0x8b51f9dd;
      long[] words = new long[4];
      for (int i = 0; i < 8; i++) {
        int v = pool[i % pool.length] ^ constant;
        constant *= 0x58f38ded;
        v *= constant;
        v ^= v >>> XSHIFT;
        words[i / 2] |= (v & 0xffffffffL) << 32 * (i % 2);
      }
      return words;
    }
  }

  private void step() {
    long productHigh =
        Math.unsignedMultiplyHigh(low, MULTIPLIER_LOW)
            + high * MULTIPLIER_LOW
            + low * MULTIPLIER_HIGH;
    long productLow = low * MULTIPLIER_LOW;
    low = productLow + incrementLow;
    high = productHigh + incrementHigh + (Long.compareUnsigned(low, productLow) < 0 ? 1 : 0);
  }

  private long next() {
    step();
    return Long.rotateRight(high ^ low, (int) (high >>> 58));
  }

  /// Halves of words, the lower one first.
  private int nextHalf() {
    if (halfLeft) {
      halfLeft = false;
      return half;
    }
    long word = next();
    halfLeft = true;
    half = (int) (word >>> 32);
    return (int) word;
  }

  /// `integers(0, n)`, by Lemire's method (arXiv:1805.10941), as `choice` with replacement draws.
  int below(int n) {
    if (n == 1) {
      return 0;
    }
    long product = (nextHalf() & 0xffffffffL) * n;
    if ((product & 0xffffffffL) < n) {
      long least = (0x100000000L - n) % n;
      while ((product & 0xffffffffL) < least) {
        product = (nextHalf() & 0xffffffffL) * n;
      }
    }
    return (int) (product >>> 32);
  }

  /// `integers(2, dtype=bool)`: bits of a half, the lowest first.
  boolean nextBit() {
    if (bitsLeft == 0) {
      bits = nextHalf();
      bitsLeft = 31;
    } else {
      bits >>>= 1;
      bitsLeft--;
    }
    return (bits & 1) != 0;
  }
}
