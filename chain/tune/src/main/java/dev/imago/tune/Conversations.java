package dev.imago.tune;

import dev.imago.torch.Batch;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Encoded conversations as batches, epoch by epoch: each epoch is a new permutation of all of
/// them, so that none is seen more often than any other.
///
/// An epoch is cut into buckets of some steps each, whose conversations are sorted by length, so
/// that a batch pads little. Batches of a bucket differ by one conversation at most, and none is
/// left over.
final class Conversations implements Batches {
  /// Steps whose conversations are sorted together.
  private static final int BUCKET_STEPS = 16;

  private final List<Sequence> sequences;
  private final int perStep;
  private final long seed;
  private final int padding;

  /// @param ids of a conversation
  /// @param learned for each id, whether it is to be predicted
  record Sequence(int[] ids, boolean[] learned) {
    /// @param given how many ids come first that are not learned
    static Sequence of(int[] ids, int given) {
      boolean[] learned = new boolean[ids.length];
      Arrays.fill(learned, given, ids.length, true);
      return new Sequence(ids, learned);
    }
  }

  /// @param sequences at least 1
  /// @param perStep conversations in a step, at most
  /// @param padding the id that fills a batch's shorter rows; no loss falls on it
  Conversations(List<Sequence> sequences, int perStep, long seed, int padding) {
    this.sequences = List.copyOf(sequences);
    this.perStep = perStep;
    this.seed = seed;
    this.padding = padding;
  }

  /// How many steps see every conversation once.
  private long epochSteps() {
    return (sequences.size() + perStep - 1) / perStep;
  }

  /// How many steps see `examples` conversations, repeats counted, but none more than `maxEpochs`
  /// times: at least 1.
  long steps(long examples, int maxEpochs) {
    int n = sequences.size();
    long whole = examples / n;
    return whole >= maxEpochs
        ? maxEpochs * epochSteps()
        : whole * epochSteps() + (examples % n + perStep - 1) / perStep;
  }

  /// How many conversations the first steps see, repeats counted.
  long seen(long steps) {
    long seen = steps / epochSteps() * sequences.size();
    for (long step = steps - steps % epochSteps() + 1; step <= steps; step++) {
      seen += members(step).size();
    }
    return seen;
  }

  @Override
  public List<Batch> step(long step) {
    return List.of(batch(members(step), padding));
  }

  private List<Sequence> members(long step) {
    long epoch = (step - 1) / epochSteps();
    long inEpoch = (step - 1) % epochSteps();
    int bucket = (int) (inEpoch / BUCKET_STEPS);
    int from = bucket * BUCKET_STEPS * perStep;
    int size = (int) Math.min(sequences.size() - from, (long) BUCKET_STEPS * perStep);
    int steps = (size + perStep - 1) / perStep;
    var places = new Shuffle(sequences.size(), seed * 1_000_003 + epoch);
    var members = new ArrayList<Sequence>(size);
    for (int i = 0; i < size; i++) {
      members.add(sequences.get((int) places.at(from + i)));
    }
    members.sort(Comparator.comparingInt(s -> s.ids().length));
    // The bucket's steps are taken in a seeded order, or every bucket would go from short to long.
    long order = (seed * 1_000_003 + epoch) * 1_000_003 + bucket;
    long chosen = new Shuffle(steps, order).at(inEpoch % BUCKET_STEPS);
    return members.subList((int) (chosen * size / steps), (int) ((chosen + 1) * size / steps));
  }

  /// All in order of length, for a held-out loss.
  List<Batch> all() {
    var sorted = new ArrayList<>(sequences);
    sorted.sort(Comparator.comparingInt(s -> s.ids().length));
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < sorted.size(); from += perStep) {
      batches.add(batch(sorted.subList(from, Math.min(sorted.size(), from + perStep)), padding));
    }
    return batches;
  }

  static Batch batch(List<Sequence> rows, int padding) {
    int length = rows.stream().mapToInt(r -> r.ids().length - 1).max().orElse(1);
    int[] ids = new int[rows.size() * length];
    int[] targets = new int[ids.length];
    Arrays.fill(ids, padding);
    Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < rows.size(); r++) {
      Sequence row = rows.get(r);
      for (int i = 0; i + 1 < row.ids().length; i++) {
        ids[r * length + i] = row.ids()[i];
        if (row.learned()[i + 1]) {
          targets[r * length + i] = row.ids()[i + 1];
        }
      }
    }
    return new Batch(rows.size(), length, ids, targets);
  }
}
