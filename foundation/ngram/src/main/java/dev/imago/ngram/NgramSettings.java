package dev.imago.ngram;

import java.util.List;

/// What is counted, and how it is smoothed.
///
/// @param order N, 1 … 7: the longest n-gram
/// @param thresholds for each order from 1 on, n-grams that were seen at most so often are left out
///   (the last one holds for all longer); that of 1 is 0, and none is below the one before
/// @param memoryBytes for counting and sorting, beside the vocabulary: 1 MiB at least
public record NgramSettings(
    int order, Smoothing smoothing, NgramUnit unit, List<Long> thresholds, long memoryBytes) {
  /// The longest n-grams that are counted.
  public static final int MOST_ORDER = 7;

  private static final long LEAST_MEMORY = 1L << 20;

  public NgramSettings {
    thresholds = List.copyOf(thresholds);
    if (order < 1 || order > MOST_ORDER) {
      throw new IllegalArgumentException(
          "order = %d is outside 1 … %d; 3 and 5 are usual".formatted(order, MOST_ORDER));
    }
    if (memoryBytes < LEAST_MEMORY) {
      throw new IllegalArgumentException(
          "memory = %d bytes is below %d; give 1 MB or more".formatted(memoryBytes, LEAST_MEMORY));
    }
    if (thresholds.size() > order) {
      throw new IllegalArgumentException(
          "%d count thresholds for order %d; give one an order at most"
              .formatted(thresholds.size(), order));
    }
    long before = 0;
    for (int i = 0; i < thresholds.size(); i++) {
      long threshold = thresholds.get(i);
      if (threshold < before) {
        throw new IllegalArgumentException(
            "count thresholds %s fall: an n-gram would be kept without its shorter ones; let none be below the one before"
                .formatted(thresholds));
      }
      if (i == 0 && threshold != 0) {
        throw new IllegalArgumentException(
            "the first count threshold is %d: words themselves are kept; let it be 0"
                .formatted(threshold));
      }
      before = threshold;
    }
  }

  /// Modified Kneser–Ney over words, nothing left out, 512 MiB.
  public static NgramSettings of(int order) {
    return new NgramSettings(order, Smoothing.KNESER_NEY, NgramUnit.WORDS, List.of(), 512L << 20);
  }

  public NgramSettings smoothing(Smoothing given) {
    return new NgramSettings(order, given, unit, thresholds, memoryBytes);
  }

  public NgramSettings unit(NgramUnit given) {
    return new NgramSettings(order, smoothing, given, thresholds, memoryBytes);
  }

  public NgramSettings thresholds(Long... given) {
    return new NgramSettings(order, smoothing, unit, List.of(given), memoryBytes);
  }

  public NgramSettings memoryBytes(long given) {
    return new NgramSettings(order, smoothing, unit, thresholds, given);
  }

  /// The count up to which n-grams of an order are left out.
  long threshold(int n) {
    return thresholds.isEmpty() ? 0 : thresholds.get(Math.min(n, thresholds.size()) - 1);
  }
}
