package dev.imago.torch;

import java.util.List;

/// Several tasks that are learned on one body, each with a last layer and a loss of its own: a
/// batch is of one of them ([Batch#task]).
///
/// @param tasks at least one
public record SeveralTasks(List<One> tasks) implements Objective {
  /// One of them.
  ///
  /// @param model the body, with the task's last layer
  /// @param objective what is minimised
  /// @param weight times its value and its gradient, above 0
  public record One(ModelWithHead model, Objective objective, double weight) {}

  public SeveralTasks {
    tasks = List.copyOf(tasks);
  }

  /// The one that a batch is of.
  One of(Batch batch) {
    return tasks.get(batch.task());
  }

  @Override
  public int group() {
    return 1;
  }

  @Override
  public int group(Batch batch) {
    return of(batch).objective().group(batch);
  }

  @Override
  public int count(Batch batch) {
    return of(batch).objective().count(batch);
  }

  @Override
  public Objective measured() {
    return new SeveralTasks(
        tasks.stream().map(t -> new One(t.model(), t.objective().measured(), t.weight())).toList());
  }

  @Override
  public boolean plain() {
    return true;
  }

  @Override
  public double value(float[] losses, Batch batch, float[] weights) {
    return of(batch).objective().value(losses, batch, weights);
  }
}
