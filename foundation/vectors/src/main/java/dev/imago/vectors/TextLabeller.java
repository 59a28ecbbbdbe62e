package dev.imago.vectors;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Tells labels of texts by a supervised fastText model: the mean of the rows of a text's words and
/// n-grams, and a layer of labels above. Immutable, and thread-safe.
public final class TextLabeller {
  /// What a label begins with in fastText's files.
  public static final String PREFIX = "__label__";

  /// A label, without its prefix, and how sure.
  public record Told(String label, double probability) {}

  private record Candidate(int label, double score) {}

  private final FastTextModel model;
  private final @Nullable HuffmanTree tree;
  private final OutputLayer.Sigmoid sigmoid = new OutputLayer.Sigmoid();

  /// @throws IllegalArgumentException where the model has no labels
  public TextLabeller(FastTextModel model) {
    if (!model.isSupervised() || model.vocabulary().labels() == 0) {
      throw new IllegalArgumentException(
          "the model has word vectors and no labels; train one with labels");
    }
    this.model = model;
    this.tree =
        model.header().outputLoss() == OutputLoss.HIERARCHICAL
            ? new HuffmanTree(model.vocabulary().labelCounts())
            : null;
  }

  public FastTextModel model() {
    return model;
  }

  /// The labels, without their prefix.
  public List<String> labels() {
    return model.vocabulary().labelList().stream().map(TextLabeller::bare).toList();
  }

  static String bare(String label) {
    return label.startsWith(PREFIX) ? label.substring(PREFIX.length()) : label;
  }

  /// The likeliest labels, the likeliest first; none for a text of which nothing is known.
  public List<Told> labels(String text, int count) {
    LineRows rows = new LineRows(model).read(text);
    if (rows.size() == 0) {
      return List.of();
    }
    float[] hidden = new float[VectorArithmetic.stride(model.dimension())];
    for (int i = 0; i < rows.size(); i++) {
      model.input().addTo(rows.row(i), hidden, 1);
    }
    VectorArithmetic.scale(hidden, 1f / rows.size(), hidden.length);
    if (tree == null && count == 1) {
      return List.of(likeliest(scores(hidden)));
    }
    var best = new PriorityQueue<Candidate>(Comparator.comparingDouble(Candidate::score));
    if (tree != null) {
      descend(tree, tree.root(), 0, hidden, count, best);
    } else {
      double[] scores = scores(hidden);
      for (int label = 0; label < scores.length; label++) {
        offer(best, count, label, scores[label]);
      }
    }
    return best.stream()
        .sorted(Comparator.comparingDouble(Candidate::score).reversed())
        .map(
            c ->
                new Told(
                    bare(model.vocabulary().label(c.label())),
                    tree == null ? c.score() : Math.exp(c.score())))
        .toList();
  }

  private Told likeliest(double[] scores) {
    int best = 0;
    for (int label = 1; label < scores.length; label++) {
      best = scores[label] > scores[best] ? label : best;
    }
    return new Told(bare(model.vocabulary().label(best)), scores[best]);
  }

  private static void offer(PriorityQueue<Candidate> best, int count, int label, double score) {
    if (best.size() < count || score > best.peek().score()) {
      best.add(new Candidate(label, score));
      if (best.size() > count) {
        best.remove();
      }
    }
  }

  private double[] scores(float[] hidden) {
    double[] scores = new double[model.vocabulary().labels()];
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = model.output().dot(i, hidden);
      most = Math.max(most, scores[i]);
    }
    if (model.header().outputLoss() != OutputLoss.SOFTMAX) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] = sigmoid.of((float) scores[i]);
      }
      return scores;
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - most);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
    return scores;
  }

  /// Looks for the likeliest leaves, depth first, and leaves out what cannot be among them.
  private void descend(
      HuffmanTree of,
      int node,
      double score,
      float[] hidden,
      int count,
      PriorityQueue<Candidate> best) {
    if (best.size() == count && score < best.peek().score()) {
      return;
    }
    if (of.isLeaf(node)) {
      offer(best, count, node, score);
      return;
    }
    double right = 1 / (1 + Math.exp(-model.output().dot(of.row(node), hidden)));
    descend(of, of.left(node), score + Math.log(1 - right + 1e-5), hidden, count, best);
    descend(of, of.right(node), score + Math.log(right + 1e-5), hidden, count, best);
  }
}
