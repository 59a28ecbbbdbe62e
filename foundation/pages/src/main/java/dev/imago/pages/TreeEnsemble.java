package dev.imago.pages;

import java.util.ArrayList;
import java.util.List;

/// A sum of regression trees.
///
/// Its text has a line `base NUMBER`, then a line a tree: nodes in order, apart by `;`, each either
/// a leaf's number or `FEATURE THRESHOLD LEFT RIGHT`: left where the feature is at most the
/// threshold.
final class TreeEnsemble {
  /// A node that splits by a feature, or a leaf with its value where feature is −1.
  private record Node(int feature, float threshold, int left, int right, double value) {}

  private final double base;
  private final List<Node[]> trees;

  private TreeEnsemble(double base, List<Node[]> trees) {
    this.base = base;
    this.trees = trees;
  }

  /// @throws IllegalArgumentException where a line is none of the two
  static TreeEnsemble parse(List<String> lines) {
    double base = Double.parseDouble(lines.getFirst().substring("base ".length()));
    var trees = new ArrayList<Node[]>();
    for (String line : lines.subList(1, lines.size())) {
      String[] nodes = line.split(";");
      var tree = new Node[nodes.length];
      for (int i = 0; i < nodes.length; i++) {
        String[] parts = nodes[i].split(" ");
        tree[i] =
            parts.length == 1
                ? new Node(-1, 0, 0, 0, Double.parseDouble(parts[0]))
                : new Node(
                    Integer.parseInt(parts[0]),
                    Float.parseFloat(parts[1]),
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]),
                    0);
      }
      trees.add(tree);
    }
    return new TreeEnsemble(base, List.copyOf(trees));
  }

  double predict(float[] features) {
    double sum = base;
    for (Node[] tree : trees) {
      Node node = tree[0];
      while (node.feature >= 0) {
        node = tree[features[node.feature] <= node.threshold ? node.left : node.right];
      }
      sum += node.value;
    }
    return sum;
  }
}
