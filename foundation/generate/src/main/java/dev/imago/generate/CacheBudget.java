package dev.imago.generate;

import dev.imago.tensor.CacheType;

/// What the keys and values of an engine's answers may take.
///
/// @param type in which they are kept
/// @param bytes of all answers together, off the heap
/// @param prefixBytes how many of them may stay taken by what ended answers began with, for others
///   that begin alike, as long as nobody else wants them; 0 for none
public record CacheBudget(CacheType type, long bytes, long prefixBytes) {
  /// As they are computed, as many as the machine bears.
  public static final CacheBudget UNBOUNDED = of(CacheType.F32);

  /// What an engine without a bound of its own keeps for others: 256 MiB.
  private static final long USUAL_PREFIX_BYTES = 1L << 28;

  /// Nothing stays.
  public CacheBudget(CacheType type, long bytes) {
    this(type, bytes, 0);
  }

  public CacheBudget {
    if (prefixBytes < 0) {
      throw new IllegalArgumentException("prefixBytes = %d is below 0".formatted(prefixBytes));
    }
    prefixBytes = Math.min(prefixBytes, bytes);
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes = %d is below 1".formatted(bytes));
    }
  }

  /// The same, and what ended answers began with stays within all of it; within 256 MiB where there
  /// is no bound.
  public CacheBudget withPrefixes() {
    return withPrefixes(bytes == Long.MAX_VALUE ? USUAL_PREFIX_BYTES : bytes);
  }

  /// @param most bytes that stay
  public CacheBudget withPrefixes(long most) {
    return new CacheBudget(type, bytes, most);
  }

  /// As many as the machine bears.
  public static CacheBudget of(CacheType type) {
    return new CacheBudget(type, Long.MAX_VALUE);
  }
}
