package dev.imago.tasks.parsing;

import java.util.Arrays;

/// The best dependency tree by the scores of its arcs, with one word at the root: the maximum
/// spanning arborescence of Chu & Liu 1965 and Edmonds 1967. Arcs from the root are made worse by
/// more than all else can weigh, so that the best tree has one of them. Zmigrod et al. 2020,
/// 2020.emnlp-main.390.
///
/// *N words; node 0 is the root.*
final class SpanningTree {
  private SpanningTree() {}

  /// @param scores [N][N+1], of each word its heads: the root, then each word; its own is not read
  /// @return [N], 0 of the root, else the head's place from 1
  static int[] heads(double[][] scores) {
    int n = scores.length;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= n; j++) {
        if (j != i + 1) {
          least = Math.min(least, scores[i][j]);
          most = Math.max(most, scores[i][j]);
        }
      }
    }
    double dear = (most - least + 1) * (n + 1);
    var weights = new double[n + 1][n + 1]; // [head][dependent]
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= n; j++) {
        weights[j][i + 1] = scores[i][j] - (j == 0 ? dear : 0);
      }
    }
    return Arrays.copyOfRange(best(weights), 1, n + 1);
  }

  /// @param weights [head][dependent]
  /// @return of each node its head; of the root 0
  private static int[] best(double[][] weights) {
    int m = weights.length;
    int[] heads = new int[m];
    for (int d = 1; d < m; d++) {
      int head = 0;
      for (int h = 1; h < m; h++) {
        head = h != d && weights[h][d] > weights[head][d] ? h : head;
      }
      heads[d] = head;
    }
    boolean[] circle = circle(heads);
    return circle.length == 0 ? heads : contracted(weights, heads, circle);
  }

  /// The nodes of one circle; nothing where there is none.
  private static boolean[] circle(int[] heads) {
    int[] seen = new int[heads.length];
    for (int from = 1; from < heads.length; from++) {
      int at = from;
      while (at != 0 && seen[at] == 0) {
        seen[at] = from;
        at = heads[at];
      }
      if (at != 0 && seen[at] == from) {
        boolean[] circle = new boolean[heads.length];
        for (int node = at; !circle[node]; node = heads[node]) {
          circle[node] = true;
        }
        return circle;
      }
    }
    return new boolean[0];
  }

  /// Makes one node of a circle, finds the best tree of the rest, and opens the circle where that
  /// enters it.
  private static int[] contracted(double[][] weights, int[] heads, boolean[] circle) {
    int m = weights.length;
    int[] nodes = new int[m];
    int free = 0;
    for (int v = 0; v < m; v++) {
      if (!circle[v]) {
        nodes[free++] = v;
      }
    }
    int whole = free;
    var less = new double[free + 1][free + 1];
    int[] enters = new int[free];
    int[] leaves = new int[free];
    for (int u = 0; u < free; u++) {
      for (int v = 0; v < free; v++) {
        less[u][v] = weights[nodes[u]][nodes[v]];
      }
      less[u][whole] = Double.NEGATIVE_INFINITY;
      less[whole][u] = Double.NEGATIVE_INFINITY;
      for (int v = 0; v < m; v++) {
        if (circle[v]) {
          double in = weights[nodes[u]][v] - weights[heads[v]][v];
          if (in > less[u][whole]) {
            less[u][whole] = in;
            enters[u] = v;
          }
          if (weights[v][nodes[u]] > less[whole][u]) {
            less[whole][u] = weights[v][nodes[u]];
            leaves[u] = v;
          }
        }
      }
    }
    int[] found = best(less);
    int[] all = heads.clone();
    for (int u = 1; u < free; u++) {
      all[nodes[u]] = found[u] == whole ? leaves[u] : nodes[found[u]];
    }
    int from = found[whole];
    all[enters[from]] = nodes[from];
    return all;
  }
}
