package dev.imago.duplicates;

/// Numbers from numbers, spread evenly, and the same on every machine.
final class Mixing {
  /// An odd constant with well-spread bits: 2⁶⁴ / golden ratio.
  static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Mixing() {}

  /// A bijection that spreads every bit over all: the finaliser of SplitMix64 (Steele, Lea and
  /// Flood 2014).
  static long mix(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /// The `i`-th number that a seed gives.
  static long stream(long seed, int i) {
    return mix(seed + (i + 1) * GOLDEN);
  }

  /// A string's number, from its UTF-16 units.
  static long of(CharSequence text, int from, int to) {
    long hash = GOLDEN;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * GOLDEN;
      hash ^= hash >>> 32;
    }
    return mix(hash ^ (to - from));
  }
}
