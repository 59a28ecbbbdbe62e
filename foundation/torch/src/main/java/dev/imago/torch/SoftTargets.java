package dev.imago.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/// What a teacher says of each row: how far a student's softened distribution is from its own, a
/// chunk of rows at a time. T² · KL(teacher ‖ student), both distributions those of scores / T.
/// Hinton et al. 2015, arXiv:1503.02531, section 2: T² keeps the gradient's size whatever T.
///
/// *R rows, V scores of a row, T temperature.* To be used without gradients.
final class SoftTargets {
  private final LastLayer layer;
  private final Tensor hidden;
  private final double temperature;

  /// One chunk's answer.
  ///
  /// @param divergence [R,1], T² · KL
  /// @param difference [R,V], the student's softened distribution less the teacher's
  record Chunk(Tensor divergence, Tensor difference) {}

  /// @param layer the teacher's last
  /// @param hidden the teacher's states [R,D]
  SoftTargets(LastLayer layer, Tensor hidden, double temperature) {
    this.layer = layer;
    this.hidden = hidden;
    this.temperature = temperature;
  }

  double temperature() {
    return temperature;
  }

  /// @param z the student's scores of the rows from this one on; stays
  Chunk chunk(Tensor z, long from) {
    long rows = z.size(0);
    Tensor theirs = Place.of(z).empty(rows, z.size(1));
    layer.score(theirs, layer.input(hidden.narrow(0, from, rows)));
    Tensor taught = logarithms(theirs);
    Tensor own = logarithms(z.clone());
    Tensor p = taught.exp();
    Tensor kl = taught.sub_(own).mul_(p).sum(1).view(rows, 1);
    return new Chunk(kl.mul_(new Scalar(temperature * temperature)), own.exp_().sub_(p));
  }

  /// ln softmax(z / T), in the place of z.
  private Tensor logarithms(Tensor z) {
    z.mul_(new Scalar(1 / temperature));
    return z.sub_(z.logsumexp(1).view(z.size(0), 1));
  }
}
