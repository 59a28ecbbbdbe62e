package dev.imago.vectors;

import java.util.Arrays;

/// A binary tree with the frequent targets near its root, made as fastText makes it: its nodes'
/// numbers are in the file.
final class HuffmanTree {
  /// What all counts together stay below.
  static final long MORE_THAN_ANY = 1_000_000_000_000_000L;

  private final int leaves;
  private final int[] left;
  private final int[] right;
  private final int[][] paths;
  private final boolean[][] turns;

  /// @param counts of the targets, descending
  HuffmanTree(long[] counts) {
    leaves = counts.length;
    int nodes = Math.max(1, 2 * leaves - 1);
    long[] count = new long[nodes + 1]; // one more, that is never taken
    Arrays.fill(count, MORE_THAN_ANY);
    System.arraycopy(counts, 0, count, 0, leaves);
    int[] parent = new int[nodes + 1];
    boolean[] isRight = new boolean[nodes + 1];
    Arrays.fill(parent, -1);
    left = new int[nodes];
    right = new int[nodes];
    int leaf = leaves - 1;
    int node = leaves;
    for (int i = leaves; i < nodes; i++) {
      int[] least = new int[2];
      for (int j = 0; j < 2; j++) {
        least[j] = leaf >= 0 && count[leaf] < count[node] ? leaf-- : node++;
      }
      left[i] = least[0];
      right[i] = least[1];
      count[i] = count[least[0]] + count[least[1]];
      parent[least[0]] = i;
      parent[least[1]] = i;
      isRight[least[1]] = true;
    }
    paths = new int[leaves][];
    turns = new boolean[leaves][];
    int[] path = new int[nodes];
    boolean[] turn = new boolean[nodes];
    for (int i = 0; i < leaves; i++) {
      int length = 0;
      for (int j = i; parent[j] >= 0; j = parent[j]) {
        path[length] = parent[j] - leaves;
        turn[length++] = isRight[j];
      }
      paths[i] = Arrays.copyOf(path, length);
      turns[i] = Arrays.copyOf(turn, length);
    }
  }

  /// The inner nodes from a target up, as output rows.
  int[] path(int target) {
    return paths[target];
  }

  /// At each of them, whether the target is to the right.
  boolean[] turns(int target) {
    return turns[target];
  }

  int root() {
    return left.length - 1;
  }

  boolean isLeaf(int node) {
    return node < leaves;
  }

  int left(int node) {
    return left[node];
  }

  int right(int node) {
    return right[node];
  }

  /// The output row of an inner node.
  int row(int node) {
    return node - leaves;
  }
}
