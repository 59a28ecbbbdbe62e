package dev.imago.tune;

import dev.imago.core.InputException;
import dev.imago.tasks.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// The labelled examples to train on, and those of them that are set apart: nothing here reads what
/// is held out.
///
/// @param train what trains, in its order
/// @param development what is set apart by chance to choose by
/// @param measured what the loss is measured on along the way: of `development` where there is such
/// @param apart which examples `development` is, from 0, in order; empty where nobody said whose
///   parts the sequences are
record DevelopmentSplit(
    List<Sequence> train,
    List<Sequence> development,
    List<Sequence> measured,
    List<Integer> apart) {
  /// Of so many examples one is set apart, where that is for nothing but to be measured.
  private static final int MEASURED = 20;

  private static DevelopmentSplit none(List<Sequence> all) {
    return new DevelopmentSplit(all, List.of(), List.of(), List.of());
  }

  /// More of them change the temperature no longer.
  private static final int MOST_CALIBRATED = 1000;

  /// The fewest examples that a temperature is fitted on.
  private static final int LEAST_CALIBRATED = 20;

  /// What is set apart to fit a temperature by, where nothing is to choose the weights by; nothing
  /// where that would be too few.
  ///
  /// @param owners as [#of] has them
  static DevelopmentSplit ofCalibration(
      List<Sequence> all, List<Integer> owners, Tune.Config config, long seed) {
    int[] units = units(all, 1, owners);
    int size = units[units.length - 1] + 1;
    int count = (int) Math.min(MOST_CALIBRATED, Math.round(config.calibration() * size));
    return count < LEAST_CALIBRATED
        ? none(all)
        : apart(all, units, owners, count, seed).measuring(config.heldoutPairs());
  }

  /// What is set apart to be measured alone, where nothing is to choose by: a twentieth, and
  /// nothing of fewer than twenty.
  ///
  /// @param together as [#of] has it
  static DevelopmentSplit ofMeasured(
      List<Sequence> all, int together, List<Integer> owners, Tune.Config config, long seed) {
    int[] units = units(all, together, owners);
    int count = measured(units[units.length - 1] + 1, config.heldoutPairs());
    if (count == 0) {
      return none(all);
    }
    DevelopmentSplit split = apart(all, units, owners, count, seed);
    return new DevelopmentSplit(split.train, List.of(), split.development, List.of());
  }

  /// How many of so many examples are set apart to be measured.
  static int measured(int size, int most) {
    return Math.min(most, size / MEASURED);
  }

  /// With the first of what is set apart measured.
  private DevelopmentSplit measuring(long most) {
    return new DevelopmentSplit(
        train, development, development.stream().limit(most).toList(), apart);
  }

  /// @param all sequences, at least one, of which `together` that follow each other are one example
  /// @param owners of each sequence the example that it is a part of; parts of one stand on one
  ///   side
  /// @throws InputException where one of the parts would be empty
  static DevelopmentSplit of(
      List<Sequence> all,
      int together,
      List<Integer> owners,
      Tune.Config config,
      long seed,
      String examples) {
    double share = config.stopping().development();
    if (share == 0) {
      return none(all);
    }
    int[] units = units(all, together, owners);
    int size = units[units.length - 1] + 1;
    int count = (int) Math.min(config.heldoutPairs(), Math.round(share * size));
    if (count < 1 || count == size) {
      throw new InputException(
          "tune.stopping.development = %s of %d %s leaves %d apart and %d to train on; give more of them or another share"
              .formatted(share, size, examples, count, size - count));
    }
    return apart(all, units, owners, count, seed).measuring(Long.MAX_VALUE);
  }

  /// For each sequence the number of what it belongs to, from 0.
  private static int[] units(List<Sequence> all, int together, List<Integer> owners) {
    int[] units = new int[all.size()];
    for (int i = 0; i < units.length; i++) {
      units[i] =
          owners.isEmpty()
              ? i / together
              : i == 0 ? 0 : units[i - 1] + (owners.get(i).equals(owners.get(i - 1)) ? 0 : 1);
    }
    return units;
  }

  private static DevelopmentSplit apart(
      List<Sequence> all, int[] units, List<Integer> owners, int count, long seed) {
    int size = units[units.length - 1] + 1;
    var order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    var chosen = new boolean[size];
    order.subList(0, count).forEach(i -> chosen[i] = true);
    var train = new ArrayList<Sequence>();
    var development = new ArrayList<Sequence>();
    var examples = new TreeSet<Integer>();
    for (int i = 0; i < all.size(); i++) {
      boolean own = chosen[units[i]];
      (own ? development : train).add(all.get(i));
      if (own && !owners.isEmpty()) {
        examples.add(owners.get(i));
      }
    }
    return new DevelopmentSplit(
        List.copyOf(train), List.copyOf(development), List.of(), List.copyOf(examples));
  }
}
