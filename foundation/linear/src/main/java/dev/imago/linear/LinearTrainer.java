package dev.imago.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Learns a model from texts with a class each: one binary problem a class, or one in all where
/// there are two. Classes are learned at once, on the common pool; the same bits come out whatever
/// their timing.
public final class LinearTrainer {
  /// Of the SVM's weights; the rest is their mean. Wang & Manning 2012.
  private static final double INTERPOLATION = 0.25;

  private static final double ENOUGH_SVM = 0.1;
  private static final double ENOUGH_LOGISTIC = 0.05;
  private static final double ENOUGH_SPARSE = 0.01;

  /// A text and its class.
  public record Example(String text, String label) {}

  private LinearTrainer() {}

  /// Learns from all examples.
  ///
  /// @throws IllegalArgumentException where there are fewer than two classes
  public static LinearModel train(List<Example> examples, LinearSettings settings, long seed) {
    List<String> labels =
        List.copyOf(new TreeSet<>(examples.stream().map(Example::label).toList()));
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "classes = %d in %d texts, and telling them apart needs 2 at least"
              .formatted(labels.size(), examples.size()));
    }
    var space = FeatureSpace.of(settings, examples.stream().map(Example::text).toList());
    SparseRow[] rows =
        examples.parallelStream().map(e -> space.row(e.text())).toArray(SparseRow[]::new);
    float[][] weights = new float[labels.size() == 2 ? 1 : labels.size()][];
    IntStream.range(0, weights.length)
        .parallel()
        .forEach(
            c -> {
              String label = labels.get(weights.length == 1 ? 1 : c);
              boolean[] positive = new boolean[rows.length];
              for (int i = 0; i < positive.length; i++) {
                positive[i] = examples.get(i).label().equals(label);
              }
              weights[c] = weights(rows, positive, space, seed + c);
            });
    return new LinearModel(labels, space, weights);
  }

  private static float[] weights(
      SparseRow[] rows, boolean[] positive, FeatureSpace space, long seed) {
    double cost = space.settings().cost();
    return switch (space.settings().kind()) {
      case LOGISTIC ->
          space.settings().penalty() == Penalty.L1
              ? SparseDescent.logistic(rows, positive, space.size(), cost, ENOUGH_SPARSE, seed)
              : DualDescent.logistic(rows, positive, space.size(), cost, ENOUGH_LOGISTIC, seed);
      case NB_SVM -> {
        float[] ratios = ratios(rows, positive, space.size());
        SparseRow[] weighed =
            Arrays.stream(rows).map(row -> row.times(ratios)).toArray(SparseRow[]::new);
        float[] svm = DualDescent.svm(weighed, positive, space.size(), cost, ENOUGH_SVM, seed);
        yield interpolated(svm, ratios);
      }
    };
  }

  /// ln of how much likelier each feature is in the class than elsewhere, smoothed by 1; of the
  /// bias 1.
  static float[] ratios(SparseRow[] rows, boolean[] positive, int features) {
    double[] in = new double[features];
    double[] out = new double[features];
    Arrays.fill(in, 1);
    Arrays.fill(out, 1);
    for (int i = 0; i < rows.length; i++) {
      double[] side = positive[i] ? in : out;
      for (int f = 0; f < rows[i].ids().length; f++) {
        side[rows[i].ids()[f]] += rows[i].values()[f];
      }
    }
    int bias = features - 1;
    double all = Arrays.stream(in).sum() - in[bias];
    double others = Arrays.stream(out).sum() - out[bias];
    float[] ratios = new float[features];
    for (int f = 0; f < bias; f++) {
      ratios[f] = (float) Math.log(in[f] / all / (out[f] / others));
    }
    ratios[bias] = 1;
    return ratios;
  }

  /// The weights of the features themselves.
  private static float[] interpolated(float[] svm, float[] ratios) {
    int bias = svm.length - 1;
    double sum = 0;
    for (int f = 0; f < bias; f++) {
      sum += Math.abs(svm[f]);
    }
    double mean = bias == 0 ? 0 : sum / bias;
    float[] weights = new float[svm.length];
    for (int f = 0; f < bias; f++) {
      weights[f] = (float) (((1 - INTERPOLATION) * mean + INTERPOLATION * svm[f]) * ratios[f]);
    }
    weights[bias] = (float) (INTERPOLATION * svm[bias]);
    return weights;
  }

  /// Learns from examples, and tells the class of any text then.
  public interface Learner {
    Function<String, String> learn(List<Example> examples);
  }

  /// The share of examples that are told right by models that have not seen them: those of each
  /// class are dealt out to the folds in an order drawn by the seed.
  ///
  /// @param folds 2 … the number of examples
  public static double crossValidated(
      List<Example> examples, LinearSettings settings, int folds, long seed) {
    return crossValidated(examples, train -> train(train, settings, seed)::label, folds, seed);
  }

  /// The same of any learner, whose models are asked by several threads.
  public static double crossValidated(
      List<Example> examples, Learner learner, int folds, long seed) {
    if (examples.size() < 2) {
      throw new IllegalArgumentException(
          "texts = %d cannot be parted into folds; give 2 at least, of two classes"
              .formatted(examples.size()));
    }
    if (folds < 2 || folds > examples.size()) {
      throw new IllegalArgumentException(
          "folds = %d are outside 2 … %d; 5 and 10 are usual".formatted(folds, examples.size()));
    }
    var order = new ArrayList<>(examples);
    java.util.Collections.shuffle(order, new java.util.Random(seed));
    order.sort(java.util.Comparator.comparing(Example::label)); // stable: shuffled within a class
    long right = 0;
    for (int fold = 0; fold < folds; fold++) {
      var train = new ArrayList<Example>();
      var test = new ArrayList<Example>();
      for (int i = 0; i < order.size(); i++) {
        (i % folds == fold ? test : train).add(order.get(i));
      }
      List<String> left = train.stream().map(Example::label).distinct().limit(2).toList();
      if (left.size() < 2) {
        throw new IllegalArgumentException(
            "texts of «%s» alone are left to learn from when fold %d of %d is held out; give 2 texts at least of each class"
                .formatted(left.getFirst(), fold + 1, folds));
      }
      Function<String, String> label = learner.learn(train);
      right += test.parallelStream().filter(e -> label.apply(e.text()).equals(e.label())).count();
    }
    return (double) right / examples.size();
  }
}
