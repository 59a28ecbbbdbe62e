package dev.imago.ngram;

/// What a model's file is like: how n-grams are found in it, and how exact its numbers are.
///
/// @param bits of a quantised log₁₀ p, 2 … 16; 0 where it is exact. Words alone keep theirs.
/// @param weightBits of a quantised back-off, 2 … 16; 0 where it is exact
public record NgramForm(Structure structure, int bits, int weightBits) {
  private static final int LEAST_BITS = 2;
  private static final int MOST_BITS = 16;

  /// How n-grams are found.
  public enum Structure {
    /// By a search among the children of shorter ones: the smaller file, and the one that is
    /// pruned, mixed by files and converted.
    TRIE,

    /// By the hash of their words: the faster file, to be asked alone. Two n-grams of one hash of
    /// 64 bits would be taken for each other.
    HASH
  }

  /// Exact numbers in a trie.
  public static final NgramForm TRIE = new NgramForm(Structure.TRIE, 0, 0);

  /// Exact numbers in hash tables.
  public static final NgramForm HASH = new NgramForm(Structure.HASH, 0, 0);

  public NgramForm {
    check("bits", bits);
    check("back-off bits", weightBits);
    if ((bits == 0) != (weightBits == 0)) {
      throw new IllegalArgumentException(
          "bits = %d and back-off bits = %d: quantise both or neither".formatted(bits, weightBits));
    }
    if (structure == Structure.HASH && bits > 0) {
      throw new IllegalArgumentException(
          "hash tables have exact numbers, and bits = %d; quantise a trie".formatted(bits));
    }
  }

  private static void check(String name, int bits) {
    if (bits != 0 && (bits < LEAST_BITS || bits > MOST_BITS)) {
      throw new IllegalArgumentException(
          "%s = %d is outside %d … %d; 8 is usual, 0 leaves numbers exact"
              .formatted(name, bits, LEAST_BITS, MOST_BITS));
    }
  }

  /// A trie whose numbers are the means of as many bins as some bits tell apart, each of as many
  /// n-grams.
  public static NgramForm quantized(int bits, int weightBits) {
    return new NgramForm(Structure.TRIE, bits, weightBits);
  }

  boolean isQuantized() {
    return bits > 0;
  }

  boolean isPlain() {
    return structure == Structure.TRIE && bits == 0;
  }
}
