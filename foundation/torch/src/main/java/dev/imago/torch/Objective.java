package dev.imago.torch;

import java.util.Map;

/// What training minimises, as a function of how unlikely the model finds each target: a row's loss
/// is −ln p(target).
public interface Objective {
  /// The sum of the rows' losses: next token, masked token, class, tag, and a teacher's shares,
  /// which differ in what a row is and which have targets.
  Objective LIKELIHOOD = new Likelihood(0, 0);

  /// What an objective tells that tells nothing.
  double[] NOTHING = {};

  /// How many sequences that follow each other belong together; one thread gets them all.
  int group();

  /// The same of one batch, where it depends on it.
  default int group(Batch batch) {
    return group();
  }

  /// What the value of a batch is the sum of: its mean is by so many.
  default int count(Batch batch) {
    return batch.counted();
  }

  /// What is measured where nothing is learned: without what is added in training alone.
  default Objective measured() {
    return LIKELIHOOD;
  }

  /// Whether each row weighs 1 whatever its loss: then losses and gradients come of one pass.
  boolean plain();

  /// The value for these rows, and by how much it grows with each of them.
  ///
  /// @param losses of the rows, 0 where there is no target
  /// @param batch that they are of
  /// @param weights to be filled: the derivative by each loss
  double value(float[] losses, Batch batch, float[] weights);

  /// How many sums are told of a batch beside the value; 0 where nothing is.
  default int sums() {
    return 0;
  }

  /// What is told of a batch beside the value: sums over its examples, [#sums] of them.
  ///
  /// @param losses of the rows, as in [#value]
  default double[] tell(float[] losses, Batch batch) {
    return NOTHING;
  }

  /// By name, of the sums of what [#tell] told of all examples.
  default Map<String, Double> told(double[] sums) {
    return Map.of();
  }

  /// The sum of the rows' losses, and what is added to each.
  ///
  /// @param smoothing ε: the target is 1 − ε of its own and ε / V of every score. Szegedy et al.
  ///   2015, arXiv:1512.00567
  /// @param zLoss times the square of ln Σ exp of a row's scores, which keeps them near 0.
  ///   Chowdhery et al. 2022, arXiv:2204.02311
  record Likelihood(double smoothing, double zLoss) implements Objective {
    public Likelihood {
      if (!(smoothing >= 0 && smoothing < 1) || !(zLoss >= 0)) {
        throw new IllegalArgumentException(
            "smoothing = %s is within 0 ≤ smoothing < 1, zLoss = %s not below 0"
                .formatted(smoothing, zLoss));
      }
    }

    @Override
    public int group() {
      return 1;
    }

    @Override
    public boolean plain() {
      return true;
    }

    @Override
    public double value(float[] losses, Batch batch, float[] weights) {
      double sum = 0;
      for (int i = 0; i < losses.length; i++) {
        sum += losses[i];
        weights[i] = 1;
      }
      return sum;
    }
  }
}
