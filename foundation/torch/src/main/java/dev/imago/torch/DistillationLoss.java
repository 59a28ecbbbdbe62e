package dev.imago.torch;

import java.util.Map;

/// What a student learns from a teacher, beside the targets: α · T² · KL(teacher ‖ student) + (1 −
/// α) · −ln p(target), where both distributions are those of scores / T (Hinton et al. 2015,
/// arXiv:1503.02531); and the mean squared difference of hidden states, where those of some blocks
/// are compared (Jiao et al. 2020, arXiv:1909.10351, without their projection: widths are equal).
/// Rows without a target count in none of it; where a target is of a whole sequence, each of its
/// tokens counts the same part.
///
/// @param teacher whose forward pass has no gradient
/// @param alpha within 0 … 1
/// @param temperature T, above 0
/// @param hidden times the mean squared difference, in the mean of the blocks; 0 for none
/// @param blocks of the student, from 1, and the teacher's that each is compared with
/// @param targets what is added to the targets' loss
public record DistillationLoss(
    Teacher teacher,
    double alpha,
    double temperature,
    double hidden,
    Map<Integer, Integer> blocks,
    Objective.Likelihood targets)
    implements Objective {
  public DistillationLoss {
    blocks = Map.copyOf(blocks);
    if (!(alpha >= 0 && alpha <= 1) || !(temperature > 0) || !(hidden >= 0)) {
      throw new IllegalArgumentException(
          "alpha = %s is within 0 … 1, temperature = %s above 0, hidden = %s not below 0"
              .formatted(alpha, temperature, hidden));
    }
    if ((hidden > 0) == blocks.isEmpty()) {
      throw new IllegalArgumentException(
          "hidden = %s and %d blocks to compare: both or none".formatted(hidden, blocks.size()));
    }
  }

  /// The parts of a loss, each a sum over rows and as if it alone counted.
  ///
  /// @param targets −ln p of the targets, with what is added to it
  /// @param divergence T² · KL
  /// @param hidden mean squared differences of hidden states
  public record Parts(double targets, double divergence, double hidden) {
    static final Parts NONE = new Parts(0, 0, 0);

    Parts plus(Parts other) {
      return new Parts(
          targets + other.targets, divergence + other.divergence, hidden + other.hidden);
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
    return targets.value(losses, batch, weights);
  }
}
