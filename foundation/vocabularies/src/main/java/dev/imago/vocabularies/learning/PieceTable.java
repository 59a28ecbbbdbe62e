package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// PieceTable and their scores. Piece 0 is the unknown, which has no text.
final class PieceTable {
  private int[] text = new int[1 << 12];
  private int[] ends = new int[1 << 10];
  private double[] scores = new double[1 << 10];
  private int size;

  PieceTable() {
    add(text, 0, 0, 0);
  }

  int size() {
    return size;
  }

  /// Adds the piece `from[start, end)`.
  void add(int[] from, int start, int end, double score) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
      scores = Arrays.copyOf(scores, 2 * size);
    }
    int at = size == 0 ? 0 : ends[size - 1];
    int length = end - start;
    if (at + length > text.length) {
      text = Arrays.copyOf(text, Math.max(at + length, text.length / 2 * 3));
    }
    System.arraycopy(from, start, text, at, length);
    ends[size] = at + length;
    scores[size++] = score;
  }

  /// Adds a piece of another list, with another score.
  void add(PieceTable other, int piece, double score) {
    add(other.text, other.start(piece), other.end(piece), score);
  }

  /// Where the texts of all pieces are.
  int[] text() {
    return text;
  }

  int start(int piece) {
    return piece == 0 ? 0 : ends[piece - 1];
  }

  int end(int piece) {
    return ends[piece];
  }

  int length(int piece) {
    return end(piece) - start(piece);
  }

  /// The logarithm of a piece's probability.
  double score(int piece) {
    return scores[piece];
  }

  void score(int piece, double score) {
    scores[piece] = score;
  }

  /// The lowest score of a piece that is known.
  double lowestScore() {
    double lowest = 0;
    for (int piece = 1; piece < size; piece++) {
      lowest = Math.min(lowest, scores[piece]);
    }
    return lowest;
  }

  String spelling(int piece) {
    return new String(text, start(piece), length(piece));
  }
}
