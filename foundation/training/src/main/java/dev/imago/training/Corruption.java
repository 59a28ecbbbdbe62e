package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Changes batches by chance: each row by random numbers of its own, which follow from the seed,
/// the step, the batch's place in it and the row.
///
/// @param change of a batch
record Corruption(long seed, Change change) {
  /// What becomes of a batch.
  @FunctionalInterface
  interface Change {
    Batch of(Batch batch, Rows rows);
  }

  /// The random numbers of a batch's rows.
  @FunctionalInterface
  interface Rows {
    SplittableRandom random(int row);
  }

  /// The micro-batches of a step.
  List<Batch> step(long step, List<Batch> micro) {
    var to = new ArrayList<Batch>();
    for (int m = 0; m < micro.size(); m++) {
      long key = ((seed * 1_000_003 + step) * 1_000_003 + m) * 1_000_003;
      to.add(change.of(micro.get(m), row -> new SplittableRandom(key + row)));
    }
    return to;
  }

  /// Batches that are measured: changed once for all.
  List<Batch> measured(List<Batch> batches) {
    return step(0, batches);
  }

  /// Where the padding of a row begins: no id behind it is of the text.
  static int length(Batch batch, int row) {
    return batch.lengths().length == 0 ? batch.length() : batch.lengths()[row];
  }
}
