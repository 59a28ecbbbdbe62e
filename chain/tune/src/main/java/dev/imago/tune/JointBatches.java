package dev.imago.tune;

import dev.imago.torch.Batch;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import java.util.List;
import java.util.stream.IntStream;

/// The steps of several tasks: each is of one of them, in an order that is drawn once, so that a
/// step is a function of its number.
final class JointBatches implements Batches {
  private final List<EpochBatches> tasks;

  /// Which task a step is of, and which of that task's steps it is; by steps from 1.
  private final int[] which;

  private final long[] own;

  /// @param counts steps of each task
  JointBatches(List<EpochBatches> tasks, long[] counts, long seed) {
    this.tasks = List.copyOf(tasks);
    int steps = Math.toIntExact(IntStream.range(0, counts.length).mapToLong(t -> counts[t]).sum());
    this.which = new int[steps];
    this.own = new long[steps];
    var order = new Shuffle(steps, seed * 1_000_003 + steps);
    var seen = new long[counts.length];
    for (int step = 0; step < steps; step++) {
      long place = order.at(step);
      int task = 0;
      while (place >= counts[task]) {
        place -= counts[task++];
      }
      which[step] = task;
      own[step] = ++seen[task];
    }
  }

  /// How many steps each task has: in proportion to its examples to the power of 1/T, one at least.
  ///
  /// @param sizes examples of each
  /// @param steps of all
  static long[] counts(int[] sizes, long steps, double temperature) {
    double[] shares = new double[sizes.length];
    double sum = 0;
    for (int t = 0; t < sizes.length; t++) {
      shares[t] = Math.pow(sizes[t], 1 / temperature);
      sum += shares[t];
    }
    long[] counts = new long[sizes.length];
    for (int t = 0; t < sizes.length; t++) {
      counts[t] = Math.max(1, Math.round(steps * shares[t] / sum));
    }
    return counts;
  }

  long steps() {
    return which.length;
  }

  @Override
  public List<Batch> step(long step) {
    int at = Math.toIntExact(step - 1);
    return tasks.get(which[at]).step(own[at]).stream()
        .map(batch -> batch.ofTask(which[at]))
        .toList();
  }

  @Override
  public String describe(long step) {
    int at = Math.toIntExact(step - 1);
    return "step %,d of task %d".formatted(own[at], which[at] + 1);
  }
}
