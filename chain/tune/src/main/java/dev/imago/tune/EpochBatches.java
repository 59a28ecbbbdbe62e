package dev.imago.tune;

import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.torch.Batch;
import dev.imago.torch.ComparedAnswers;
import dev.imago.torch.Preference;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import dev.imago.training.TrainableModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Encoded examples as batches, epoch by epoch: each epoch is a new permutation of all of them, so
/// that none is seen more often than any other.
///
/// An epoch is cut into buckets of some steps each, whose examples are sorted by length, so that a
/// batch pads little. Batches of a bucket differ by one example at most, and none is left over.
final class EpochBatches implements Batches {
  /// Steps whose examples are sorted together.
  private static final int BUCKET_STEPS = 16;

  private final List<List<Sequence>> units;
  private final Output output;
  private final int perStep;
  private final long seed;
  private final int padding;
  private final OptionalInt start;
  private final Step form;
  private final Map<Sequence, Double> before = new IdentityHashMap<>();
  private boolean weighed;

  /// How a step's examples are laid out.
  ///
  /// @param parts micro-batches that they are shared out to, one after the other
  /// @param row ids of a row that holds several examples; 0 for a row each
  record Step(int parts, int row) {
    static final Step WHOLE = new Step(1, 0);
  }

  /// @param sequences at least 1
  /// @param output what the model tells: of tokens, or of each sequence
  /// @param perStep examples in a step, at most
  /// @param padding the id that fills a batch's shorter rows; no loss falls on it
  EpochBatches(List<Sequence> sequences, Output output, int perStep, long seed, int padding) {
    this(sequences, 1, output, perStep, seed, padding, OptionalInt.empty(), Step.WHOLE);
  }

  /// @param group how many sequences that follow each other are one example
  /// @param start what a decoder begins with, whose encoder reads what comes before the first
  ///   target
  /// @param form how a step is laid out
  EpochBatches(
      List<Sequence> sequences,
      int group,
      Output output,
      int perStep,
      long seed,
      int padding,
      OptionalInt start,
      Step form) {
    this.start = start;
    this.form = form;
    var all = new ArrayList<List<Sequence>>();
    for (int from = 0; from + group <= sequences.size(); from += group) {
      all.add(List.copyOf(sequences.subList(from, from + group)));
    }
    this.units = List.copyOf(all);
    this.output = output;
    this.perStep = perStep;
    this.seed = seed;
    this.padding = padding;
  }

  /// How many steps see every example once.
  private long epochSteps() {
    return (units.size() + perStep - 1) / perStep;
  }

  /// How many steps see `examples` examples, repeats counted, but none more than `maxEpochs` times:
  /// at least 1.
  long steps(long examples, int maxEpochs) {
    int n = units.size();
    long whole = examples / n;
    return whole >= maxEpochs
        ? maxEpochs * epochSteps()
        : whole * epochSteps() + (examples % n + perStep - 1) / perStep;
  }

  /// How many examples the first steps see, repeats counted.
  long seen(long steps) {
    long seen = steps / epochSteps() * units.size();
    for (long step = steps - steps % epochSteps() + 1; step <= steps; step++) {
      seen += members(step).size();
    }
    return seen;
  }

  @Override
  public List<Batch> step(long step) {
    List<List<Sequence>> members = members(step);
    double perToken = perToken(members);
    var parts = new ArrayList<Batch>();
    for (int part = 0; part < form.parts(); part++) {
      List<List<Sequence>> some =
          members.subList(
              part * members.size() / form.parts(), (part + 1) * members.size() / form.parts());
      if (!some.isEmpty()) {
        parts.add(batch(some, perToken));
      }
    }
    return parts;
  }

  private List<List<Sequence>> members(long step) {
    long epoch = (step - 1) / epochSteps();
    long inEpoch = (step - 1) % epochSteps();
    int bucket = (int) (inEpoch / BUCKET_STEPS);
    int from = bucket * BUCKET_STEPS * perStep;
    int size = (int) Math.min(units.size() - from, (long) BUCKET_STEPS * perStep);
    int steps = (size + perStep - 1) / perStep;
    var places = new Shuffle(units.size(), seed * 1_000_003 + epoch);
    var members = new ArrayList<List<Sequence>>(size);
    for (int i = 0; i < size; i++) {
      members.add(units.get((int) places.at(from + i)));
    }
    members.sort(Comparator.comparingInt(EpochBatches::length));
    // The bucket's steps are taken in a seeded order, or every bucket would go from short to long.
    long order = (seed * 1_000_003 + epoch) * 1_000_003 + bucket;
    long chosen = new Shuffle(steps, order).at(inEpoch % BUCKET_STEPS);
    return members.subList((int) (chosen * size / steps), (int) ((chosen + 1) * size / steps));
  }

  /// All in order of length, for a held-out loss.
  List<Batch> all() {
    var sorted = new ArrayList<>(units);
    sorted.sort(Comparator.comparingInt(EpochBatches::length));
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < sorted.size(); from += perStep) {
      List<List<Sequence>> rows = sorted.subList(from, Math.min(sorted.size(), from + perStep));
      batches.add(batch(rows, perToken(rows)));
    }
    return batches;
  }

  private static int length(List<Sequence> unit) {
    return unit.stream().mapToInt(Sequence::length).max().orElse(0);
  }

  /// What a token of the first sequence of a unit weighs, so that all such tokens weigh as much as
  /// there are units.
  private double perToken(List<List<Sequence>> some) {
    if (!weighed) {
      return 0;
    }
    long tokens = 0;
    for (List<Sequence> unit : some) {
      for (int target : unit.getFirst().targets()) {
        tokens += target == Sequence.IGNORED ? 0 : 1;
      }
    }
    return some.size() / (double) Math.max(1, tokens);
  }

  private Batch batch(List<List<Sequence>> some, double perToken) {
    List<Sequence> rows = some.stream().flatMap(List::stream).toList();
    if (form.row() > 0) {
      return PackedExamples.batch(rows, form.row(), padding);
    }
    Batch batch =
        start.isEmpty() ? batch(rows, output, padding) : answers(rows, padding, start.getAsInt());
    if (!weighed && before.isEmpty()) {
      return batch;
    }
    boolean judged = rows.stream().anyMatch(row -> row.vote() != 0);
    return batch.comparing(
        new ComparedAnswers(
            before.isEmpty()
                ? new double[0]
                : rows.stream().mapToDouble(r -> before.getOrDefault(r, 0.0)).toArray(),
            judged ? rows.stream().mapToInt(Sequence::vote).toArray() : new int[0],
            perToken));
  }

  /// Has each batch know what an objective asks that compares answers.
  EpochBatches compared() {
    weighed = true;
    return this;
  }

  /// Remembers how likely a model finds each sequence now, for an objective that compares with it.
  ///
  /// @param name of the part that these are
  EpochBatches comparedWith(TrainableModel model, ReferenceLikelihoods kept, String name) {
    List<Sequence> all = units.stream().flatMap(List::stream).toList();
    double[] values = kept.of(name, all, () -> likelihoods(model));
    for (int i = 0; i < values.length; i++) {
      before.put(all.get(i), values[i]);
    }
    return this;
  }

  private double[] likelihoods(TrainableModel model) {
    var found = new IdentityHashMap<Sequence, Double>();
    var sorted = new ArrayList<>(units);
    sorted.sort(Comparator.comparingInt(EpochBatches::length));
    for (int from = 0; from < sorted.size(); from += perStep) {
      List<List<Sequence>> some = sorted.subList(from, Math.min(sorted.size(), from + perStep));
      Batch batch = batch(some, 0);
      float[] losses = model.losses(batch);
      int row = 0;
      for (List<Sequence> unit : some) {
        for (Sequence sequence : unit) {
          found.put(sequence, Preference.likelihood(losses, batch, row++));
        }
      }
    }
    return units.stream()
        .flatMap(List::stream)
        .mapToDouble(s -> found.getOrDefault(s, 0.0))
        .toArray();
  }

  /// Rows for an encoder, of what comes before the first target, and a decoder, of the rest.
  static Batch answers(List<Sequence> rows, int padding, int start) {
    int[] asked = rows.stream().mapToInt(EpochBatches::asked).toArray();
    int longest = Arrays.stream(asked).max().orElse(1);
    int length = 1;
    for (int r = 0; r < asked.length; r++) {
      length = Math.max(length, rows.get(r).length() - asked[r] + 1);
    }
    int[] sources = new int[rows.size() * longest];
    int[] ids = new int[rows.size() * length];
    int[] targets = new int[ids.length];
    Arrays.fill(sources, padding);
    Arrays.fill(ids, start);
    Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < asked.length; r++) {
      Sequence row = rows.get(r);
      int told = row.length() - asked[r];
      System.arraycopy(row.ids(), 0, sources, r * longest, asked[r]);
      System.arraycopy(row.ids(), asked[r], ids, r * length + 1, told);
      for (int i = 0; i <= told; i++) {
        int target = row.targets()[asked[r] - 1 + i];
        targets[r * length + i] = target == Sequence.IGNORED ? Batch.IGNORED : target;
      }
    }
    var source = new Batch.Source(longest, sources, asked);
    return Batch.of(rows.size(), length, ids, targets).withSource(source);
  }

  /// How many ids come before what is told first.
  private static int asked(Sequence row) {
    int first = 0;
    while (first < row.length() - 1 && row.targets()[first] == Sequence.IGNORED) {
      first++;
    }
    return first + 1;
  }

  /// Rows of one length. What tells of whole sequences, or looks at both sides, is told where the
  /// padding begins; what looks back alone never sees it.
  static Batch batch(List<Sequence> rows, Output output, int padding) {
    int length = rows.stream().mapToInt(Sequence::length).max().orElse(1);
    boolean whole = output.ofSequences();
    int scores = rows.getFirst().values().length;
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
    Batch batch =
        scores == 0
            ? Batch.of(rows.size(), length, ids, targets)
            : Batch.ofNumbers(rows.size(), length, ids, values(rows, scores));
    return batch.withLengths(lengths).withSegments(segments(rows, length));
  }

  private static float[] values(List<Sequence> rows, int each) {
    float[] values = new float[rows.size() * each];
    for (int r = 0; r < rows.size(); r++) {
      System.arraycopy(rows.get(r).values(), 0, values, r * each, each);
    }
    return values;
  }

  /// Padding is of the first text; none where there is no second.
  private static int[] segments(List<Sequence> rows, int length) {
    int[] segments = new int[rows.size() * length];
    boolean two = false;
    for (int r = 0; r < rows.size(); r++) {
      int[] of = rows.get(r).segments();
      System.arraycopy(of, 0, segments, r * length, of.length);
      two |= of.length > 0;
    }
    return two ? segments : new int[0];
  }
}
