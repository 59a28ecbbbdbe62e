package dev.imago.training;

import java.util.List;

/// What of a model trains. What does not has neither gradient nor moments.
public sealed interface Tuning {
  /// Everything; matrices decay.
  record All() implements Tuning {}

  /// Nothing at all: a model that is only read.
  record Nothing() implements Tuning {}

  /// What a file had no numbers for, such as a new classifier, and nothing else.
  record NewOnly() implements Tuning {}

  /// Everything, what a file had numbers for at a part of the learning rate.
  ///
  /// @param factor times the learning rate, not below 0
  record Slower(double factor) implements Tuning {}

  /// An adapter, and what a file had no numbers for; at its own rate and at the learning rate.
  ///
  /// @param tokens ids of those that train beside, as `adapter.parts().tokens()` names them
  record Adapted(AdapterSettings adapter, List<Integer> tokens) implements Tuning {
    public Adapted {
      tokens = List.copyOf(tokens);
    }

    /// Without tokens.
    public Adapted(AdapterSettings adapter) {
      this(adapter, List.of());
    }
  }
}
