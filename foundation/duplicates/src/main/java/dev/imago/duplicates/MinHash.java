package dev.imago.duplicates;

import java.util.Arrays;

/// Signatures whose rows agree as often as two texts' sets of [Shingles] overlap, and the bands in
/// which texts meet. Broder 1997.
///
/// Two texts of similarity s agree in all r rows of at least one of b bands with probability 1 − (1
/// − sʳ)ᵇ. A row's permutation of 32-bit hashes h is a·h + b mod 2³², a odd: bijective, and one
/// loop of multiply, add and minimum over all shingles that the compiler turns into vector
/// instructions.
final class MinHash {
  /// The permutations: the same in every run, whatever its seed, so that what is a duplicate does
  /// not hang on it.
  private static final long SEED = 1;

  /// Shingles that stay in the nearest cache while all rows pass over them.
  private static final int BLOCK = 4096;

  private final int bands;
  private final int rows;
  private final int[] multipliers;
  private final int[] offsets;

  MinHash(int bands, int rows) {
    this.bands = bands;
    this.rows = rows;
    multipliers = new int[bands * rows];
    offsets = new int[bands * rows];
    for (int i = 0; i < multipliers.length; i++) {
      multipliers[i] = (int) (Mixing.stream(SEED, 2 * i) >>> 32) | 1;
      offsets[i] = (int) (Mixing.stream(SEED, 2 * i + 1) >>> 32);
    }
  }

  /// The signature, bands × rows; empty for no shingles.
  int[] signature(long[] shingles) {
    if (shingles.length == 0) {
      return new int[0];
    }
    int[] block = new int[Math.min(BLOCK, shingles.length)];
    int[] signature = new int[multipliers.length];
    Arrays.fill(signature, Integer.MAX_VALUE);
    for (int from = 0; from < shingles.length; from += BLOCK) {
      int size = Math.min(BLOCK, shingles.length - from);
      for (int i = 0; i < size; i++) {
        block[i] = (int) (shingles[from + i] >>> 32);
      }
      for (int row = 0; row < signature.length; row++) {
        signature[row] =
            Math.min(signature[row], least(block, size, multipliers[row], offsets[row]));
      }
    }
    return signature;
  }

  /// The one loop that costs: kept alone so that it compiles to vector code.
  private static int least(int[] shingles, int size, int multiplier, int offset) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, shingles[i] * multiplier + offset);
    }
    return least;
  }

  /// One hash for all rows of each band; none for an empty signature.
  long[] bands(int[] signature) {
    if (signature.length == 0) {
      return new long[0];
    }
    long[] hashes = new long[bands];
    for (int band = 0; band < bands; band++) {
      long hash = band + 1;
      for (int row = band * rows; row < (band + 1) * rows; row++) {
        hash = Mixing.mix(hash ^ signature[row]) + Mixing.GOLDEN;
      }
      hashes[band] = hash;
    }
    return hashes;
  }

  /// How probably two texts of a similarity meet in a band.
  static double probability(double similarity, int bands, int rows) {
    return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
  }
}
