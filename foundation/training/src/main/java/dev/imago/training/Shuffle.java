package dev.imago.training;

/// A seeded permutation of 0 … n − 1 that needs no table: four rounds of a Feistel network over the
/// next power of four, walked until the result is below n. Black & Rogaway 2002.
public final class Shuffle {
  private final long n;
  private final int halfBits;
  private final long[] keys = new long[4];

  /// @param n at least 1
  public Shuffle(long n, long seed) {
    if (n < 1) {
      throw new IllegalArgumentException("n = " + n + " is below 1");
    }
    this.n = n;
    this.halfBits = Math.max(1, (64 - Long.numberOfLeadingZeros(n - 1) + 1) / 2);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = mix(seed + (i + 1) * 0x9E3779B97F4A7C15L);
    }
  }

  /// Where an index goes.
  public long at(long index) {
    long x = index;
    do {
      long mask = (1L << halfBits) - 1;
      long left = x >>> halfBits;
      long right = x & mask;
      for (long key : keys) {
        long next = left ^ mix(right ^ key) & mask;
        left = right;
        right = next;
      }
      x = left << halfBits | right;
    } while (x >= n);
    return x;
  }

  /// The finaliser of SplitMix64. Steele, Lea & Flood 2014.
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
