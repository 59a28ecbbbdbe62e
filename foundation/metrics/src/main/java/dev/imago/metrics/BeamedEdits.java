package dev.imago.metrics;

import java.util.Arrays;

/// The Levenshtein distance of words from a reference, of cells near the diagonal only, and how its
/// words stand to the reference's.
///
/// One hypothesis is kept; of another as long, rows are counted from where it differs.
final class BeamedEdits {
  private static final int BEAM = 25;
  private static final int NEVER = 1 << 29;

  private static final byte SAME = 0;
  private static final byte SUBSTITUTED = 1;
  private static final byte DELETED = 2;
  private static final byte INSERTED = 3;

  private final String[] reference; // [R]
  private String[] kept = {};
  private int[][] costs = {}; // [H + 1, R + 1]
  private byte[][] operations = {};

  /// @param places for each word of the reference, the place of the hypothesis's word that it is or
  ///   follows; −1 where it comes before all
  /// @param wrongWords whether a word of the hypothesis is edited
  /// @param wrongReference whether a word of the reference comes by an edit
  record Alignment(int[] places, boolean[] wrongWords, boolean[] wrongReference) {}

  BeamedEdits(String[] reference) {
    this.reference = reference;
  }

  /// Counts all rows of a hypothesis, and keeps them.
  int keep(String[] words) {
    kept = words;
    costs = new int[words.length + 1][reference.length + 1];
    operations = new byte[words.length + 1][reference.length + 1];
    for (int j = 0; j <= reference.length; j++) {
      costs[0][j] = j;
      operations[0][j] = INSERTED;
    }
    for (int i = 1; i <= words.length; i++) {
      row(words, i, costs[i - 1], costs[i], operations[i]);
    }
    return costs[words.length][reference.length];
  }

  /// The distance of a hypothesis as long as the one kept.
  ///
  /// @param same words that it begins with as the one kept does
  int of(String[] words, int same) {
    int[] above = costs[same];
    byte[] unused = new byte[reference.length + 1];
    for (int i = same + 1; i <= words.length; i++) {
      int[] row = new int[reference.length + 1];
      row(words, i, above, row, unused);
      above = row;
    }
    return above[reference.length];
  }

  private void row(String[] words, int i, int[] above, int[] row, byte[] operation) {
    double ratio = (double) reference.length / words.length;
    int beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
    int diagonal = (int) Math.floor(i * ratio);
    int from = Math.max(0, diagonal - beam);
    int to =
        i == words.length ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
    Arrays.fill(row, NEVER);
    for (int j = from; j < to; j++) {
      if (j == 0) {
        row[0] = above[0] + 1;
        operation[0] = DELETED;
        continue;
      }
      boolean same = words[i - 1].equals(reference[j - 1]);
      int least = above[j - 1] + (same ? 0 : 1);
      byte by = same ? SAME : SUBSTITUTED;
      if (above[j] + 1 < least) {
        least = above[j] + 1;
        by = DELETED;
      }
      if (row[j - 1] + 1 < least) {
        least = row[j - 1] + 1;
        by = INSERTED;
      }
      row[j] = Math.min(least, NEVER);
      operation[j] = by;
    }
  }

  /// How the words of the hypothesis kept stand to the reference's.
  Alignment alignment() {
    int[] places = new int[reference.length];
    boolean[] wrongWords = new boolean[kept.length];
    boolean[] wrongReference = new boolean[reference.length];
    int i = kept.length;
    int j = reference.length;
    while (i > 0 || j > 0) {
      byte operation = operations[i][j];
      if (operation == DELETED) {
        wrongWords[--i] = true;
        continue;
      }
      boolean wrong = operation != SAME;
      if (operation != INSERTED) {
        wrongWords[--i] = wrong;
      }
      wrongReference[--j] = wrong;
      places[j] = operation == INSERTED ? i - 1 : i;
    }
    return new Alignment(places, wrongWords, wrongReference);
  }
}
