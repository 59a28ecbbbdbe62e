package dev.imago.training;

import dev.imago.core.EnvironmentException;
import dev.imago.torch.LostPeerException;
import dev.imago.torch.Replicas;
import org.jspecify.annotations.Nullable;

/// What of a training could be saved now: the weights are those of the state.
record Standing(Checkpoints checkpoints, Checkpoints.State state, Curve curve) {
  /// What to tell where another process was lost. The first process saves what stands before.
  ///
  /// @param now what stands; null before the first step and after the last
  static EnvironmentException lost(
      LostPeerException e, @Nullable Standing now, Replicas replicas, Trainer.Settings settings) {
    if (now != null && replicas.first()) {
      now.checkpoints.write(replicas, settings.optimizer(), now.state, now.curve);
    }
    return new EnvironmentException(
        "%s: %s%s; the same command goes on%s, also with another number of processes"
            .formatted(
                settings.title(),
                e.getMessage(),
                now == null ? "" : " after step %,d".formatted(now.state.step()),
                now == null ? "" : " from there"),
        e);
  }
}
