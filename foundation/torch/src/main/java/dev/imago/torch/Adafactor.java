package dev.imago.torch;

/// The settings of Adafactor, whose squares of a matrix are kept as means of its rows and columns.
/// Shazeer & Stern 2018, arXiv:1804.04235; as transformers computes it, with a given learning rate
/// (`relative_step` false).
///
/// @param beta1 of the mean; 0 for none, which is what saves memory
/// @param decayRate of the squares: beta2 = 1 − step^decayRate, below 0
/// @param threshold of an update's root mean square
/// @param scaled whether steps are as large as the weights they change (`scale_parameter`)
/// @param weightDecay of matrices; vectors have none
/// @param clip the largest norm of all gradients together; 0 for no bound
public record Adafactor(
    double beta1,
    double decayRate,
    double threshold,
    boolean scaled,
    double weightDecay,
    double clip)
    implements Optimizer {
  public Adafactor {
    if (!(beta1 >= 0 && beta1 < 1) || !(decayRate < 0) || !(threshold > 0)) {
      throw new IllegalArgumentException(
          "beta1 = %s is within 0 ≤ beta1 < 1, decayRate = %s below 0, threshold = %s above 0"
              .formatted(beta1, decayRate, threshold));
    }
    if (!(weightDecay >= 0) || !(clip >= 0)) {
      throw new IllegalArgumentException(
          "weightDecay = %s and clip = %s are not below 0".formatted(weightDecay, clip));
    }
  }
}
