package dev.imago.vectors;

/// A stream of random bits (SplitMix64; Steele, Lea & Flood 2014), begun anew for every stretch of
/// work from its number: what a thread draws depends on nothing else.
final class RandomStream {
  private long state;

  RandomStream(long seed, long number) {
    state = mix(seed + 0x9e3779b97f4a7c15L * (number + 1));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  long next() {
    state += 0x9e3779b97f4a7c15L;
    return mix(state);
  }

  /// 0 … bound − 1.
  int below(int bound) {
    return (int) ((next() >>> 32) * bound >>> 32);
  }

  /// 0 … 1, without 1.
  float unit() {
    return (next() >>> 40) * 0x1p-24f;
  }
}
