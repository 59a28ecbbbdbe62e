package dev.imago.torch;

import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/// A model that another one learns from. It reads the same batch, on the student's own threads and
/// as many replicas, without gradients and without anything by chance; a block's activations go as
/// soon as it is through. It does not own its weights.
public final class Teacher {
  private final Replicas replicas;
  private final ModelWithHead model;

  /// @param replicas of a model of which nothing trains
  public Teacher(Replicas replicas, ModelWithHead model) {
    this.replicas = replicas;
    this.model = model;
  }

  /// What it makes of a batch, of one scope.
  ///
  /// @param rows hidden states before its last layer [R,D]
  /// @param layer its last
  /// @param states what its blocks gave
  record Reading(Tensor rows, LastLayer layer, HiddenStates states) {}

  /// @param number of the replica
  /// @param step the scope that its answer lives in
  /// @param blocks whose states are wanted
  Reading read(int number, Batch batch, PointerScope step, Set<Integer> blocks) {
    Replica replica = replicas.replica(number);
    try (NoGradGuard _ = new NoGradGuard()) {
      var states = new HiddenStates(blocks, step);
      Tensor rows;
      try (PointerScope pass = new PointerScope()) {
        rows = replica.hidden(model, batch.withoutChance(), new Recomputation(pass), states);
        step.attach(rows);
      }
      return new Reading(rows, replica.lastLayer(model), states);
    }
  }
}
