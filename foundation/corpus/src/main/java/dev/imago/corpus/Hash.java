package dev.imago.corpus;

/// The hash functions of this link: fixed, so that the same text splits, matches and masks alike on
/// every machine and in every version of Java.
final class Hash {
  /// An odd constant with well-spread bits: 2⁶⁴ / golden ratio.
  static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Hash() {}

  /// A bijection that spreads every bit over all: the finaliser of SplitMix64 (Steele, Lea and
  /// Flood 2014).
  static long mix(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /// A string's hash, from its UTF-16 units.
  static long of(String text, long seed) {
    long hash = mix(seed + GOLDEN);
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * GOLDEN;
    }
    return mix(hash ^ text.length());
  }

  /// The `i`-th number that a seed gives.
  static long stream(long seed, int i) {
    return mix(seed + (i + 1) * GOLDEN);
  }
}
