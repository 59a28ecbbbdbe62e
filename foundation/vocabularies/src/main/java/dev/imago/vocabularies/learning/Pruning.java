package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Leaves out the pieces whose loss costs the least likelihood: each is taken to be spelled by the
/// second best way to cut it where it stood.
final class Pruning {
  private final PieceTable pieces;
  private final Lattice lattice;
  private final Sums sums;

  /// By piece: what it becomes when it is gone; nothing when it is its only spelling, or is spelled
  /// better by others anyway.
  private final int[][] others;

  private static final int[] NONE = {};

  /// Whether the piece is spelled best by itself.
  private final boolean[] needed;

  Pruning(PieceTable pieces, Lattice lattice, Sums sums) {
    this.pieces = pieces;
    this.lattice = lattice;
    this.sums = sums;
    others = new int[pieces.size()][];
    needed = new boolean[pieces.size()];
  }

  /// Keeps `most` pieces, and more only where they have no other spelling.
  PieceTable keep(int most) throws InterruptedException {
    sums.inParts(pieces.size() - 1, (from, to) -> spell(from + 1, to + 1), done -> {});
    long[] counts = sums.countBest(lattice, pieces.size());
    double sum = 0;
    for (long count : counts) {
      sum += count;
    }
    var kept = new PieceTable();
    double[] losses = new double[pieces.size()];
    int[] candidates = new int[pieces.size()];
    int size = 0;
    for (int piece = 1; piece < pieces.size(); piece++) {
      if (counts[piece] == 0 || !needed[piece]) {
        continue;
      }
      if (others[piece].length == 0) {
        kept.add(pieces, piece, pieces.score(piece));
      } else {
        losses[piece] = loss(piece, counts, sum);
        candidates[size++] = piece;
      }
    }
    candidates = Arrays.copyOf(candidates, size);
    IndexSort.sort(candidates, (one, other) -> Double.compare(losses[other], losses[one]));
    for (int i = 0; i < size && kept.size() < most; i++) {
      kept.add(pieces, candidates[i], pieces.score(candidates[i]));
    }
    return kept;
  }

  private boolean spell(int from, int to) {
    Lattice mine = lattice.fork();
    int[] best = new int[64];
    for (int piece = from; piece < to; piece++) {
      int length = pieces.length(piece);
      others[piece] = NONE;
      needed[piece] = true;
      if (length < 2) {
        continue;
      }
      if (best.length < length) {
        best = new int[2 * length];
      }
      double other = mine.findBest(pieces.text(), pieces.start(piece), pieces.end(piece), piece);
      if (other > pieces.score(piece)) {
        needed[piece] = false;
      } else {
        others[piece] = Arrays.copyOf(best, mine.best(length, best));
      }
    }
    return true;
  }

  /// How much the mean logarithm of a word's probability falls, but for a factor that all share.
  private double loss(int piece, long[] counts, double sum) {
    double count = counts[piece];
    double logOther = Math.log(sum + count * (others[piece].length - 1));
    double other = 0;
    for (int o : others[piece]) {
      other += Math.log(counts[o] + count) - logOther;
    }
    return count * (Math.log(count) - Math.log(sum) - other);
  }
}
