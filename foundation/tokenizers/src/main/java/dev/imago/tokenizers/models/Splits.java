package dev.imago.tokenizers.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds every pair of pieces, or characters, that a piece is made of.
final class Splits {
  private final CharTrie forward;
  private final CharTrie backward;
  private final Map<Integer, Integer> strays = new LinkedHashMap<>();
  private final int bound;

  /// @param pieces with their ids
  /// @param bound from which on characters that are no pieces are numbered
  Splits(Map<String, Integer> pieces, int bound) {
    var forwards = new CharTrie.Builder();
    var backwards = new CharTrie.Builder();
    pieces.forEach(
        (piece, id) -> {
          forwards.add(piece, id);
          // Unit by unit: a builder's own reversal keeps pairs of surrogates in order.
          char[] units = piece.toCharArray();
          for (int i = 0; i < units.length / 2; i++) {
            char unit = units[i];
            units[i] = units[units.length - 1 - i];
            units[units.length - 1 - i] = unit;
          }
          backwards.add(new String(units), id);
        });
    this.forward = forwards.build();
    this.backward = backwards.build();
    this.bound = bound;
  }

  /// Of characters of pieces that are no pieces themselves, the numbers that stand for them.
  Map<Integer, Integer> strays() {
    return strays;
  }

  /// Adds the merges whose outcome is a piece.
  void add(String piece, int id, int rank, List<BpeModel.Merge> merges) {
    int length = piece.length();
    int first = Character.charCount(piece.codePointAt(0));
    if (first == length) {
      return;
    }
    int last = length - Character.charCount(piece.codePointBefore(length));
    int[] rights = new int[length];
    int node = CharTrie.NONE;
    for (int i = length - 1; i > 0; i--) {
      char unit = piece.charAt(i);
      node = i == length - 1 ? backward.first(unit) : next(backward, node, unit);
      rights[i] = node == CharTrie.NONE ? CharTrie.NONE : backward.value(node);
    }
    for (int i = 1; i < length; i++) {
      char unit = piece.charAt(i - 1);
      node = i == 1 ? forward.first(unit) : next(forward, node, unit);
      if (Character.isLowSurrogate(piece.charAt(i)) && Character.isHighSurrogate(unit)) {
        continue;
      }
      int left = node == CharTrie.NONE ? CharTrie.NONE : forward.value(node);
      if (left == CharTrie.NONE && i == first) {
        left = stray(piece.codePointAt(0));
      }
      int right = rights[i];
      if (right == CharTrie.NONE && i == last) {
        right = stray(piece.codePointAt(last));
      }
      if (left != CharTrie.NONE && right != CharTrie.NONE) {
        merges.add(new BpeModel.Merge(left, right, id, rank));
      }
    }
  }

  private static int next(CharTrie trie, int node, char unit) {
    return node == CharTrie.NONE ? CharTrie.NONE : trie.next(node, unit);
  }

  private int stray(int codePoint) {
    return strays.computeIfAbsent(codePoint, c -> bound + strays.size());
  }
}
