package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// All ways to cut one word into pieces: sums over all of them, and the best. Each thread has its
/// own.
///
/// Sums are taken over probabilities, not their logarithms; each character's share is scaled up, so
/// that the sums of usual words stay near 1. Where one leaves the range of doubles all the same,
/// the logarithms are used.
final class Lattice {
  /// How much less likely than the least likely piece the unknown is, as a logarithm.
  private static final double UNKNOWN_PENALTY = 10;

  private static final double SMALLEST = 1e-280;

  private final PieceTable pieces;
  private final PieceTrie trie;

  /// By piece: its probability, scaled; and its score.
  private final double[] weights;

  private final double[] scores;
  private final double logScale;

  // The edges of the word at hand, by where they start.
  private int[] froms = new int[256];
  private int[] tos = new int[256];
  private int[] ids = new int[256];
  private int edges;

  private double[] forward = new double[64];
  private double[] backward = new double[64];
  private int[] bestEdges = new int[64];

  /// @param scale what each character's probability is multiplied by
  Lattice(PieceTable pieces, PieceTrie trie, double scale) {
    this.pieces = pieces;
    this.trie = trie;
    weights = new double[pieces.size()];
    scores = new double[pieces.size()];
    logScale = Math.log(scale);
    for (int piece = 0; piece < scores.length; piece++) {
      scores[piece] = piece == 0 ? pieces.lowestScore() - UNKNOWN_PENALTY : pieces.score(piece);
      int length = piece == 0 ? 1 : pieces.length(piece);
      weights[piece] = Math.exp(scores[piece] + logScale * length);
    }
  }

  private Lattice(Lattice other) {
    pieces = other.pieces;
    trie = other.trie;
    weights = other.weights;
    scores = other.scores;
    logScale = other.logScale;
  }

  /// Another for another thread.
  Lattice fork() {
    return new Lattice(this);
  }

  /// Lays out `text[from, to)`.
  ///
  /// @param without a piece that is not to be the whole of it, or −1
  private void layOut(int[] text, int from, int to, int without) {
    edges = 0;
    int length = to - from;
    if (length >= forward.length) {
      forward = new double[2 * length];
      backward = new double[2 * length];
      bestEdges = new int[2 * length];
    }
    for (int i = from; i < to; i++) {
      boolean single = false;
      int node = 0;
      for (int k = i; k < to; k++) {
        node = trie.next(node, text[k]);
        if (node < 0) {
          break;
        }
        int piece = trie.piece(node);
        if (piece >= 0 && piece != without) {
          single |= k == i;
          edge(i - from, k + 1 - from, piece);
        }
      }
      if (!single) {
        edge(i - from, i + 1 - from, 0);
      }
    }
  }

  private void edge(int from, int to, int piece) {
    if (edges == ids.length) {
      froms = Arrays.copyOf(froms, 2 * edges);
      tos = Arrays.copyOf(tos, 2 * edges);
      ids = Arrays.copyOf(ids, 2 * edges);
    }
    froms[edges] = from;
    tos[edges] = to;
    ids[edges++] = piece;
  }

  /// Adds to `expected`, by piece, how often each is expected in a word that occurs `count` times.
  ///
  /// @return the logarithm of the word's probability, times its scale
  double expect(int[] text, int from, int to, double count, double[] expected) {
    layOut(text, from, to, -1);
    int length = to - from;
    Arrays.fill(forward, 0, length + 1, 0);
    Arrays.fill(backward, 0, length + 1, 0);
    forward[0] = 1;
    for (int e = 0; e < edges; e++) {
      forward[tos[e]] += forward[froms[e]] * weights[ids[e]];
    }
    double all = forward[length];
    if (!(all > SMALLEST && all < 1 / SMALLEST)) {
      return expectByLogarithms(length, count, expected);
    }
    backward[length] = count / all;
    for (int e = edges - 1; e >= 0; e--) {
      double after = backward[tos[e]] * weights[ids[e]];
      backward[froms[e]] += after;
      expected[ids[e]] += forward[froms[e]] * after;
    }
    return Math.log(all);
  }

  private double expectByLogarithms(int length, double count, double[] expected) {
    Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
    Arrays.fill(backward, 0, length + 1, Double.NEGATIVE_INFINITY);
    forward[0] = 0;
    for (int e = 0; e < edges; e++) {
      forward[tos[e]] = logSum(forward[tos[e]], forward[froms[e]] + scores[ids[e]]);
    }
    backward[length] = 0;
    double all = forward[length];
    for (int e = edges - 1; e >= 0; e--) {
      double after = backward[tos[e]] + scores[ids[e]];
      backward[froms[e]] = logSum(backward[froms[e]], after);
      expected[ids[e]] += count * Math.exp(forward[froms[e]] + after - all);
    }
    return all + logScale * length;
  }

  private static double logSum(double a, double b) {
    double more = Math.max(a, b);
    double less = Math.min(a, b);
    return less == Double.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(less - more));
  }

  /// The score of the best way to cut a text; [#best] gives it.
  ///
  /// @param without a piece that is not to be the whole of it, or −1
  double findBest(int[] text, int from, int to, int without) {
    layOut(text, from, to, without);
    int length = to - from;
    Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
    forward[0] = 0;
    // Of equals the first to come stays: the longest last piece.
    for (int e = 0; e < edges; e++) {
      double score = forward[froms[e]] + scores[ids[e]];
      if (score > forward[tos[e]]) {
        forward[tos[e]] = score;
        bestEdges[tos[e]] = e;
      }
    }
    return forward[length];
  }

  /// The pieces of the best way that was found, from the last to the first.
  ///
  /// @param length the length of the text
  /// @param out room for as many
  /// @return how many there are
  int best(int length, int[] out) {
    int size = 0;
    for (int at = length; at > 0; at = froms[bestEdges[at]]) {
      out[size++] = ids[bestEdges[at]];
    }
    return size;
  }
}
