package dev.imago.corpus;

import java.util.Arrays;
import java.util.List;

/// Finds, for each text in order, an earlier one that stays and is nearly the same: one that agrees
/// in all rows of at least one band, and in so large a share of all rows as asked. Two texts of
/// similarity s meet in a band with probability 1 − (1 − s⁸)¹⁴, that is 0.77 at 0.75, 0.99 at 0.87.
///
/// A text goes only by its own likeness to one that stays, so nothing chains: of a window that
/// moves on through a text, no two far ends are called the same.
final class NearDuplicates {
  /// How many texts of one band are looked at: the latest ones.
  private static final int MOST_COMPARED = 256;

  private final int[] original;
  private final double[] similarity;

  /// @param signatures by document; an empty one is like no other
  /// @param least the share of equal rows from which on two are nearly the same
  NearDuplicates(List<int[]> signatures, double least) {
    int size = signatures.size();
    original = new int[size];
    similarity = new double[size];
    // The latest text that stays in each bucket, and below each text the one before it there.
    var latest = new LongIntMap[MinHash.BANDS];
    var before = new int[MinHash.BANDS][size];
    Arrays.setAll(latest, band -> new LongIntMap(Math.min(size, 1 << 16)));
    for (int i = 0; i < size; i++) {
      original[i] = i;
      int[] signature = signatures.get(i);
      if (signature.length == 0) {
        continue;
      }
      double best = 0;
      for (int band = 0; band < MinHash.BANDS; band++) {
        int met = latest[band].get(MinHash.band(signature, band));
        for (int n = 0; met >= 0 && n < MOST_COMPARED; n++) {
          double found = MinHash.similarity(signatures.get(met), signature);
          if (found >= least && (found > best || found == best && met < original[i])) {
            best = found;
            original[i] = met;
          }
          met = before[band][met];
        }
      }
      similarity[i] = best;
      if (original[i] == i) {
        for (int band = 0; band < MinHash.BANDS; band++) {
          before[band][i] = latest[band].put(MinHash.band(signature, band), i);
        }
      }
    }
  }

  /// The document that this one repeats: itself, if it stays.
  int original(int document) {
    return original[document];
  }

  /// The share of equal rows with [#original]; 0 for one that stays.
  double similarity(int document) {
    return similarity[document];
  }
}
