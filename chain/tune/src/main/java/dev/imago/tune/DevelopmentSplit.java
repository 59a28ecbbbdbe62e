package dev.imago.tune;

import dev.imago.core.InputException;
import dev.imago.tasks.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// The labelled examples to train on, and those set apart to choose the weights.
///
/// @param train what trains, in its order
/// @param development what is set apart, by chance; as many examples at most as are held out
record DevelopmentSplit(List<Sequence> train, List<Sequence> development) {
  /// More of them change the temperature no longer.
  private static final int MOST_CALIBRATED = 1000;

  /// The fewest examples that a temperature is fitted on.
  private static final int LEAST_CALIBRATED = 20;

  /// What is set apart to fit a temperature by, where nothing is to choose the weights by; nothing
  /// where that would be too few.
  static DevelopmentSplit ofCalibration(List<Sequence> all, Tune.Config config, long seed) {
    int count = (int) Math.min(MOST_CALIBRATED, Math.round(config.calibration() * all.size()));
    return count < LEAST_CALIBRATED
        ? new DevelopmentSplit(all, List.of())
        : apart(all, 1, count, seed);
  }

  /// @param all sequences, of which `together` that follow each other are one example
  /// @throws InputException where one of the parts would be empty
  static DevelopmentSplit of(
      List<Sequence> all, int together, Tune.Config config, long seed, String examples) {
    double share = config.stopping().development();
    if (share == 0) {
      return new DevelopmentSplit(all, List.of());
    }
    int size = all.size() / together;
    int count = (int) Math.min(config.heldoutPairs(), Math.round(share * size));
    if (count < 1 || count == size) {
      throw new InputException(
          "tune.stopping.development = %s of %d %s leaves %d apart and %d to train on; give more of them or another share"
              .formatted(share, size, examples, count, size - count));
    }
    return apart(all, together, count, seed);
  }

  private static DevelopmentSplit apart(List<Sequence> all, int together, int count, long seed) {
    int size = all.size() / together;
    var order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    var chosen = new boolean[size];
    order.subList(0, count).forEach(i -> chosen[i] = true);
    var train = new ArrayList<Sequence>();
    var development = new ArrayList<Sequence>();
    for (int i = 0; i < all.size(); i++) {
      (chosen[i / together] ? development : train).add(all.get(i));
    }
    return new DevelopmentSplit(List.copyOf(train), List.copyOf(development));
  }
}
