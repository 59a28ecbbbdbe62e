package dev.imago.generate;

import dev.imago.tensor.CacheType;

/// What the keys and values of an engine's answers may take.
///
/// @param type in which they are kept
/// @param bytes of all answers together, off the heap
public record CacheBudget(CacheType type, long bytes) {
  /// As they are computed, as many as the machine bears.
  public static final CacheBudget UNBOUNDED = of(CacheType.F32);

  public CacheBudget {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes = %d is below 1".formatted(bytes));
    }
  }

  /// As many as the machine bears.
  public static CacheBudget of(CacheType type) {
    return new CacheBudget(type, Long.MAX_VALUE);
  }
}
