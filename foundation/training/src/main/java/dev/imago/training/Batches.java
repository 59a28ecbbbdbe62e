package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.List;

/// What each step trains on: a pure function of the step, so that going on after a kill needs
/// nothing but its number.
@FunctionalInterface
public interface Batches {
  /// The micro-batches of one step, whose gradients are added up; at least one, and at least one
  /// target in all.
  ///
  /// @param step from 1
  List<Batch> step(long step);

  /// Where a step's text stands, for people who look for what upset a training.
  default String describe(long step) {
    return "the batch of step %,d".formatted(step);
  }
}
