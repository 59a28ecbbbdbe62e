package dev.imago.training;

import dev.imago.core.InputException;
import dev.imago.torch.Batch;
import java.util.Arrays;

/// Documents cut into pieces of at most T positions: a position reads a token and predicts the next
/// of its document, so that nothing is predicted across documents.
final class DocumentPieces {
  private final TokenText tokens;
  private final int padding;
  private final long[] from;
  private final int[] counts;

  /// @param length T
  /// @param padding an id for places without text
  DocumentPieces(TokenText tokens, int length, int padding) {
    this.tokens = tokens;
    this.padding = padding;
    int n = 0;
    for (int d = 0; d < tokens.documents(); d++) {
      n += Math.toIntExact((positions(d) + length - 1) / length);
    }
    if (n == 0) {
      throw new InputException("no document has two tokens; give more text");
    }
    this.from = new long[n];
    this.counts = new int[n];
    int at = 0;
    for (int d = 0; d < tokens.documents(); d++) {
      for (long done = 0; done < positions(d); done += length) {
        from[at] = tokens.start(d) + done;
        counts[at++] = (int) Math.min(length, positions(d) - done);
      }
    }
  }

  private long positions(int document) {
    return Math.max(0, tokens.start(document + 1) - tokens.start(document) - 1);
  }

  int size() {
    return counts.length;
  }

  /// Positions of a piece.
  int count(int piece) {
    return counts[piece];
  }

  /// Where a piece begins in the text.
  long from(int piece) {
    return from[piece];
  }

  /// Rows of pieces.
  ///
  /// @param rows the pieces of each, which fit
  /// @param separate whether no piece sees another
  Batch batch(int[][] rows, int length, boolean separate) {
    int[] ids = new int[rows.length * length];
    Arrays.fill(ids, padding);
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORED);
    int[] begins = new int[separate ? ids.length : 0];
    int[] lengths = new int[rows.length];
    for (int r = 0; r < rows.length; r++) {
      int at = 0;
      for (int piece : rows[r]) {
        int[] read = new int[counts[piece] + 1];
        tokens.read(from[piece], read);
        System.arraycopy(read, 0, ids, r * length + at, counts[piece]);
        System.arraycopy(read, 1, targets, r * length + at, counts[piece]);
        if (separate) {
          Arrays.fill(begins, r * length + at, r * length + at + counts[piece], at);
        }
        at += counts[piece];
      }
      lengths[r] = at;
      if (separate) {
        Arrays.fill(begins, r * length + at, (r + 1) * length, at);
      }
    }
    boolean full = Arrays.stream(lengths).allMatch(n -> n == length);
    return Batch.of(rows.length, length, ids, targets)
        .withLengths(full ? new int[0] : lengths)
        .withBegins(begins);
  }
}
