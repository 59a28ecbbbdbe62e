package dev.imago.duplicates;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.io.Serializable;

/// What counts as a duplicate.
///
/// @param exact the same text
/// @param addresses the same address, in its canonical form ([CanonicalAddress])
/// @param near texts that are nearly the same
/// @param similarity shared shingles in all shingles, from which on two texts are nearly the same
/// @param bands in how many ways two texts may meet
/// @param rows how many equal rows of a signature make two texts meet
public record DuplicateRules(
    boolean exact, boolean addresses, boolean near, double similarity, int bands, int rows)
    implements Serializable {
  private static final int MOST_HASHES = 4096;

  public DuplicateRules {
    Bounds.number("similarity", similarity, 0.01, 1, "0.75 is usual");
    Bounds.whole("bands", bands, 1, MOST_HASHES, "14 are usual, of 8 rows each");
    Bounds.whole("rows", rows, 1, 64, "8 are usual, in 14 bands");
    if (bands * rows > MOST_HASHES) {
      throw new ConfigException(
          "bands = %d of rows = %d make %,d hashes, more than %,d; 14 of 8 are usual"
              .formatted(bands, rows, bands * rows, MOST_HASHES));
    }
  }

  /// Same texts and near ones, in 14 bands of 8 rows (Penedo et al. 2024, arXiv:2406.17557).
  public static DuplicateRules defaults() {
    return new DuplicateRules(true, false, true, 0.75, 14, 8);
  }

  /// How probably two texts of a similarity meet, and are compared.
  public double probability(double of) {
    return MinHash.probability(of, bands, rows);
  }
}
