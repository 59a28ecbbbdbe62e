package dev.imago.vectors;

/// The layer above a hidden vector: one thread's. A step changes the output rows and adds to the
/// gradient what the hidden vector should change by.
sealed interface OutputLayer {
  /// @param targets of which `target` is to be told; one-against-all tells all of them
  void step(
      float[] hidden, float[] gradient, int[] targets, int target, float rate, RandomStream random);

  /// The logistic function as a table: 512 values from −8 to 8, as fastText has it.
  final class Sigmoid {
    private static final int SIZE = 512;
    private static final int MOST = 8;
    private final float[] table = new float[SIZE + 1];

    Sigmoid() {
      for (int i = 0; i <= SIZE; i++) {
        table[i] = (float) (1 / (1 + Math.exp(-(i * 2.0 * MOST / SIZE - MOST))));
      }
    }

    float of(float x) {
      if (x < -MOST) {
        return 0;
      }
      return x > MOST ? 1 : table[(int) ((x + MOST) * SIZE / MOST / 2)];
    }
  }

  /// One row told to be there or not.
  private static void binary(
      RowView rows,
      Sigmoid sigmoid,
      int row,
      boolean there,
      float[] hidden,
      float[] gradient,
      float rate) {
    int at = rows.locate(row);
    float[] values = rows.values();
    float score = sigmoid.of(VectorArithmetic.dot(values, at, hidden, hidden.length));
    float alpha = rate * ((there ? 1 : 0) - score);
    if (alpha != 0) {
      VectorArithmetic.exchange(values, at, hidden, gradient, alpha, hidden.length);
    }
  }

  /// The target against `negatives` others, drawn.
  record NegativeSampling(RowView rows, Sigmoid sigmoid, NegativeSampler sampler, int negatives)
      implements OutputLayer {
    @Override
    public void step(
        float[] hidden,
        float[] gradient,
        int[] targets,
        int target,
        float rate,
        RandomStream random) {
      int word = targets[target];
      binary(rows, sigmoid, word, true, hidden, gradient, rate);
      for (int n = 0; n < negatives; n++) {
        int drawn = sampler.draw(random, word);
        if (drawn >= 0) {
          binary(rows, sigmoid, drawn, false, hidden, gradient, rate);
        }
      }
    }
  }

  /// The turns to the target in a tree.
  record HierarchicalSoftmax(RowView rows, Sigmoid sigmoid, HuffmanTree tree)
      implements OutputLayer {
    @Override
    public void step(
        float[] hidden,
        float[] gradient,
        int[] targets,
        int target,
        float rate,
        RandomStream random) {
      int[] path = tree.path(targets[target]);
      boolean[] turns = tree.turns(targets[target]);
      for (int i = 0; i < path.length; i++) {
        binary(rows, sigmoid, path[i], turns[i], hidden, gradient, rate);
      }
    }
  }

  /// The target against all others.
  record Softmax(RowView rows, float[] scores) implements OutputLayer {
    @Override
    public void step(
        float[] hidden,
        float[] gradient,
        int[] targets,
        int target,
        float rate,
        RandomStream random) {
      float most = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < scores.length; i++) {
        int at = rows.locate(i);
        scores[i] = VectorArithmetic.dot(rows.values(), at, hidden, hidden.length);
        most = Math.max(most, scores[i]);
      }
      double sum = 0;
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) Math.exp(scores[i] - most);
        sum += scores[i];
      }
      for (int i = 0; i < scores.length; i++) {
        float alpha = rate * ((i == targets[target] ? 1 : 0) - (float) (scores[i] / sum));
        int at = rows.locate(i);
        VectorArithmetic.exchange(rows.values(), at, hidden, gradient, alpha, hidden.length);
      }
    }
  }

  /// Each label by itself.
  record OneAgainstAll(RowView rows, Sigmoid sigmoid, int labels) implements OutputLayer {
    @Override
    public void step(
        float[] hidden,
        float[] gradient,
        int[] targets,
        int target,
        float rate,
        RandomStream random) {
      for (int label = 0; label < labels; label++) {
        boolean there = false;
        for (int of : targets) {
          there |= of == label;
        }
        binary(rows, sigmoid, label, there, hidden, gradient, rate);
      }
    }
  }
}
