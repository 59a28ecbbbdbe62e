package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Finds the pieces that start at a place of a text: a trie over code points, its edges in one hash
/// table.
final class PieceTrie {
  private static final int CODE_POINT_BITS = 21;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  /// Node and code point, plus one, so that 0 is free; and the node that they lead to.
  private long[] keys;

  private int[] targets;
  private int mask;

  /// By node: the piece that ends there, or −1.
  private int[] pieces;

  private int nodes = 1;

  PieceTrie(PieceTable all) {
    int characters = all.end(all.size() - 1);
    int capacity = Integer.highestOneBit(Math.max(16, characters)) * 2;
    keys = new long[capacity];
    targets = new int[capacity];
    mask = capacity - 1;
    pieces = new int[1 << 12];
    Arrays.fill(pieces, -1);
    int[] text = all.text();
    for (int piece = 1; piece < all.size(); piece++) {
      int node = 0;
      for (int i = all.start(piece); i < all.end(piece); i++) {
        node = insert(node, text[i]);
      }
      pieces[node] = piece;
    }
  }

  private int insert(int node, int codePoint) {
    long key = key(node, codePoint);
    int at = slot(key);
    for (; keys[at] != 0; at = at + 1 & mask) {
      if (keys[at] == key) {
        return targets[at];
      }
    }
    keys[at] = key;
    targets[at] = nodes;
    if (nodes == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * nodes);
      Arrays.fill(pieces, nodes, 2 * nodes, -1);
    }
    return nodes++;
  }

  private static long key(int node, int codePoint) {
    return ((long) node << CODE_POINT_BITS | codePoint) + 1;
  }

  private int slot(long key) {
    long hash = key * MIX;
    return (int) (hash >>> 32 ^ hash >>> 20) & mask;
  }

  /// The node after another and a code point, or −1. The root is node 0.
  int next(int node, int codePoint) {
    long key = key(node, codePoint);
    for (int at = slot(key); keys[at] != 0; at = at + 1 & mask) {
      if (keys[at] == key) {
        return targets[at];
      }
    }
    return -1;
  }

  /// The piece that ends at a node, or −1.
  int piece(int node) {
    return pieces[node];
  }

  /// Gives pieces other numbers.
  ///
  /// @param numbers by old number; −1 for those that are gone
  void renumber(int[] numbers) {
    for (int node = 0; node < nodes; node++) {
      if (pieces[node] >= 0) {
        pieces[node] = numbers[pieces[node]];
      }
    }
  }
}
