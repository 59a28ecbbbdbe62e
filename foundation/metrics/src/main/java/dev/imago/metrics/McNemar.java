package dev.imago.metrics;

/// McNemar's test of two systems that are right or wrong on the same items: whether those that one
/// of them alone has right lie evenly. McNemar 1947, doi:10.1007/BF02295996.
///
/// @param firstOnly items that the first alone has right
/// @param secondOnly items that the second alone has right
public record McNemar(long firstOnly, long secondOnly) {
  /// @param first whether the first system has each item right
  /// @param second the same of the second
  public static McNemar of(boolean[] first, boolean[] second) {
    if (first.length == 0 || first.length != second.length) {
      throw new IllegalArgumentException(
          "%,d and %,d items are not as many, or none; both systems answer the same ones"
              .formatted(first.length, second.length));
    }
    long firstOnly = 0;
    long secondOnly = 0;
    for (int i = 0; i < first.length; i++) {
      firstOnly += first[i] && !second[i] ? 1 : 0;
      secondOnly += second[i] && !first[i] ? 1 : 0;
    }
    return new McNemar(firstOnly, secondOnly);
  }

  /// The chance, were both systems alike, of items as uneven or more; exact, two-sided.
  public double p() {
    long flipped = firstOnly + secondOnly;
    return Math.min(1, 2 * Distributions.binomial(Math.min(firstOnly, secondOnly), flipped, 0.5));
  }
}
