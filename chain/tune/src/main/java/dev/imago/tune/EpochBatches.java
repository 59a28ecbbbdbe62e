package dev.imago.tune;

import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.torch.Batch;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Encoded examples as batches, epoch by epoch: each epoch is a new permutation of all of them, so
/// that none is seen more often than any other.
///
/// An epoch is cut into buckets of some steps each, whose examples are sorted by length, so that a
/// batch pads little. Batches of a bucket differ by one example at most, and none is left over.
final class EpochBatches implements Batches {
  /// Steps whose examples are sorted together.
  private static final int BUCKET_STEPS = 16;

  private final List<Sequence> sequences;
  private final Output output;
  private final int perStep;
  private final long seed;
  private final int padding;

  /// @param sequences at least 1
  /// @param output what the model tells: of tokens, or of each sequence
  /// @param perStep examples in a step, at most
  /// @param padding the id that fills a batch's shorter rows; no loss falls on it
  EpochBatches(List<Sequence> sequences, Output output, int perStep, long seed, int padding) {
    this.sequences = List.copyOf(sequences);
    this.output = output;
    this.perStep = perStep;
    this.seed = seed;
    this.padding = padding;
  }

  /// How many steps see every example once.
  private long epochSteps() {
    return (sequences.size() + perStep - 1) / perStep;
  }

  /// How many steps see `examples` examples, repeats counted, but none more than `maxEpochs` times:
  /// at least 1.
  long steps(long examples, int maxEpochs) {
    int n = sequences.size();
    long whole = examples / n;
    return whole >= maxEpochs
        ? maxEpochs * epochSteps()
        : whole * epochSteps() + (examples % n + perStep - 1) / perStep;
  }

  /// How many examples the first steps see, repeats counted.
  long seen(long steps) {
    long seen = steps / epochSteps() * sequences.size();
    for (long step = steps - steps % epochSteps() + 1; step <= steps; step++) {
      seen += members(step).size();
    }
    return seen;
  }

  @Override
  public List<Batch> step(long step) {
    return List.of(batch(members(step), output, padding));
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
    members.sort(Comparator.comparingInt(Sequence::length));
    // The bucket's steps are taken in a seeded order, or every bucket would go from short to long.
    long order = (seed * 1_000_003 + epoch) * 1_000_003 + bucket;
    long chosen = new Shuffle(steps, order).at(inEpoch % BUCKET_STEPS);
    return members.subList((int) (chosen * size / steps), (int) ((chosen + 1) * size / steps));
  }

  /// All in order of length, for a held-out loss.
  List<Batch> all() {
    var sorted = new ArrayList<>(sequences);
    sorted.sort(Comparator.comparingInt(Sequence::length));
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < sorted.size(); from += perStep) {
      List<Sequence> rows = sorted.subList(from, Math.min(sorted.size(), from + perStep));
      batches.add(batch(rows, output, padding));
    }
    return batches;
  }

  /// Rows of one length. What tells of whole sequences, or looks at both sides, is told where the
  /// padding begins; what looks back alone never sees it.
  static Batch batch(List<Sequence> rows, Output output, int padding) {
    int length = rows.stream().mapToInt(Sequence::length).max().orElse(1);
    boolean whole = output.ofSequences();
    int each = whole ? 1 : length;
    int[] ids = new int[rows.size() * length];
    int[] targets = new int[rows.size() * each];
    int[] lengths = new int[output instanceof Output.NextToken ? 0 : rows.size()];
    Arrays.fill(ids, padding);
    Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < rows.size(); r++) {
      Sequence row = rows.get(r);
      System.arraycopy(row.ids(), 0, ids, r * length, row.length());
      for (int i = 0; i < row.targets().length; i++) {
        int target = row.targets()[i];
        targets[r * each + i] = target == Sequence.IGNORED ? Batch.IGNORED : target;
      }
      if (lengths.length > 0) {
        lengths[r] = row.length();
      }
    }
    return new Batch(rows.size(), length, ids, lengths, targets, new float[0]);
  }
}
