package dev.imago.labelling;

import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.linear.LinearTrainer.Example;
import java.util.List;

/// Learns the labels of texts, again and again while people label.
public interface TextLearner {
  /// What was learned.
  interface Learned extends AutoCloseable {
    /// In the order of the probabilities.
    List<String> labels();

    /// Of each text the probability of each label.
    List<double[]> probabilities(List<String> texts);

    @Override
    default void close() {}
  }

  /// @param examples of two labels at least
  Learned learn(List<Example> examples, long seed);

  /// Logistic regression, in seconds.
  static TextLearner linear() {
    return (examples, seed) -> {
      LinearModel model =
          LinearTrainer.train(examples, LinearSettings.of(LinearKind.LOGISTIC), seed);
      return new Learned() {
        @Override
        public List<String> labels() {
          return model.labels();
        }

        @Override
        public List<double[]> probabilities(List<String> texts) {
          return texts.parallelStream().map(model::probabilities).toList();
        }
      };
    };
  }
}
