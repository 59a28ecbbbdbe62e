package dev.imago.pages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A sum of regression trees.
///
/// Its text has a line `base NUMBER`, then a line a tree: nodes in order, apart by `;`, each either
/// a leaf's number or `FEATURE THRESHOLD LEFT RIGHT`: left where the feature is at most the
/// threshold.
final class TreeEnsemble {
  private final double base;

  /// The first node of each tree.
  private final int[] roots;

  /// Of each node the feature that it splits by, −1 for a leaf; the threshold; the nodes to either
  /// side; a leaf's value.
  private final int[] features;

  private final float[] thresholds;
  private final int[] lefts;
  private final int[] rights;
  private final double[] values;

  private TreeEnsemble(double base, int trees, int nodes) {
    this.base = base;
    roots = new int[trees];
    features = new int[nodes];
    thresholds = new float[nodes];
    lefts = new int[nodes];
    rights = new int[nodes];
    values = new double[nodes];
  }

  /// @throws IllegalArgumentException where a line is none of the two
  static TreeEnsemble parse(List<String> lines) {
    double base = Double.parseDouble(lines.getFirst().substring("base ".length()));
    var trees = new ArrayList<String[]>();
    int nodes = 0;
    for (String line : lines.subList(1, lines.size())) {
      trees.add(line.split(";"));
      nodes += trees.getLast().length;
    }
    var ensemble = new TreeEnsemble(base, trees.size(), nodes);
    int at = 0;
    for (int tree = 0; tree < trees.size(); tree++) {
      ensemble.roots[tree] = at;
      int root = at;
      for (String node : trees.get(tree)) {
        ensemble.node(at++, root, node.split(" "));
      }
    }
    return ensemble;
  }

  private void node(int at, int root, String[] parts) {
    if (parts.length == 1) {
      features[at] = -1;
      values[at] = Double.parseDouble(parts[0]);
    } else {
      features[at] = Integer.parseInt(parts[0]);
      thresholds[at] = Float.parseFloat(parts[1]);
      lefts[at] = root + Integer.parseInt(parts[2]);
      rights[at] = root + Integer.parseInt(parts[3]);
    }
  }

  /// Of each row. Tree by tree: a tree's nodes stay in the cache.
  double[] predict(float[][] rows) {
    double[] sums = new double[rows.length];
    Arrays.fill(sums, base);
    for (int root : roots) {
      for (int i = 0; i < rows.length; i++) {
        float[] row = rows[i];
        int at = root;
        int feature = features[at];
        while (feature >= 0) {
          at = row[feature] <= thresholds[at] ? lefts[at] : rights[at];
          feature = features[at];
        }
        sums[i] += values[at];
      }
    }
    return sums;
  }
}
