package dev.imago.metrics;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/// How scores of several labels become one, as scikit-learn names it.
public enum Average {
  /// Of all labels' counts together.
  MICRO {
    @Override
    double of(Collection<Counts> labels, ToDoubleFunction<Counts> score) {
      var all = new Counts();
      labels.forEach(all::add);
      return score.applyAsDouble(all);
    }
  },
  /// The mean over the labels that are there or were told, each as much as any; 0 of no labels
  /// (seqeval: NaN).
  MACRO {
    @Override
    double of(Collection<Counts> labels, ToDoubleFunction<Counts> score) {
      return labels.stream().mapToDouble(score).average().orElse(0);
    }
  },
  /// The mean weighted by how often each label is there; 0 where none is.
  WEIGHTED {
    @Override
    double of(Collection<Counts> labels, ToDoubleFunction<Counts> score) {
      double sum = 0;
      long support = 0;
      for (Counts label : labels) {
        sum += score.applyAsDouble(label) * label.support();
        support += label.support();
      }
      return support == 0 ? 0 : sum / support;
    }
  };

  abstract double of(Collection<Counts> labels, ToDoubleFunction<Counts> score);
}
