package dev.imago.torch;

/// The settings of AdamW. Loshchilov & Hutter 2017, arXiv:1711.05101.
///
/// @param beta1 of the mean
/// @param beta2 of the square
/// @param epsilon added to the root
/// @param weightDecay of matrices; vectors have none
/// @param clip the largest norm of all gradients together; 0 for no bound
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, double clip)
    implements Optimizer {
  public AdamW {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "beta1 = %s, beta2 = %s: each is within 0 ≤ beta < 1".formatted(beta1, beta2));
    }
    if (!(epsilon > 0) || !(weightDecay >= 0) || !(clip >= 0)) {
      throw new IllegalArgumentException(
          "epsilon = %s is above 0, weightDecay = %s and clip = %s are not below 0"
              .formatted(epsilon, weightDecay, clip));
    }
  }
}
