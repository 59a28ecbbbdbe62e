package dev.imago.torch;

/// The settings of stochastic gradient descent, as in PyTorch: the decay is added to the gradient.
///
/// @param momentum of the gradients' sum; 0 for none, and then no state
/// @param nesterov whether the step looks ahead along the sum. Sutskever et al. 2013
/// @param weightDecay of matrices; vectors have none
/// @param clip the largest norm of all gradients together; 0 for no bound
public record Sgd(double momentum, boolean nesterov, double weightDecay, double clip)
    implements Optimizer {
  public Sgd {
    if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0) || !(clip >= 0)) {
      throw new IllegalArgumentException(
          "momentum = %s is within 0 ≤ momentum < 1, weightDecay = %s and clip = %s are not below 0"
              .formatted(momentum, weightDecay, clip));
    }
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException(
          "nesterov = true looks along a momentum; give one above 0");
    }
  }
}
