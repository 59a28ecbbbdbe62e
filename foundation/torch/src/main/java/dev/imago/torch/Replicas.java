// Past 400 lines: one step over all replicas: their order of sums is what makes the same bits.
package dev.imago.torch;

import dev.imago.tensor.DataType;
import dev.imago.tensor.Operations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A model in training, data-parallel over threads: one copy of the weights, replicas with
/// gradients of their own on one or more threads each, a fixed order of sums, so that the same
/// replicas and threads give the same bits.
///
/// Owns memory where the tensors stand ([Place]): a float a weight, one more a weight that trains
/// and replica, the state of the optimizer from its first step on, and another float a weight where
/// an average is kept.
public final class Replicas implements AutoCloseable {
  private final Precision precision;
  private final Layout layout;
  private final Workers workers;
  private final Place place;
  private final Mirrored value;
  private final Mirrored frozen;
  private final HeldWeights held;
  private final List<Replica> replicas = new ArrayList<>();
  private @Nullable Optimizer optimizer;
  private @Nullable Update update;
  private final SequencedMap<String, Mirrored> states = new LinkedHashMap<>();
  private @Nullable Mirrored average;
  private double averageDecay;
  private @Nullable Tensor zeros;
  private @Nullable ProcessGroup group;
  private @Nullable GradientBuckets buckets;
  private @Nullable Carried carried;

  /// A replica on each thread.
  ///
  /// @param threads at least 1
  public Replicas(Layout layout, int threads, Precision precision) throws InterruptedException {
    this(layout, Parallelism.ofThreads(threads), precision);
  }

  public Replicas(Layout layout, Parallelism parallelism, Precision precision)
      throws InterruptedException {
    Libtorch.load();
    this.precision = precision;
    this.layout = layout;
    this.workers = new Workers(parallelism.replicas(), parallelism.threads());
    this.place = parallelism.place();
    this.value = new Mirrored(place, place.zeros(layout.size()));
    this.frozen = new Mirrored(place, place.zeros(layout.frozenSize()));
    this.held = new HeldWeights(layout);
    for (int i = 0; i < parallelism.replicas(); i++) {
      replicas.add(
          new Replica(
              i, layout, value.tensor(), frozen.tensor(), held, precision, parallelism.threads()));
    }
  }

  public Layout layout() {
    return layout;
  }

  /// The ceiling of training here: floating-point operations a second that products of matrices
  /// reach on all replicas of all processes at once, in their precision and on their threads.
  /// Measured, in some hundredths of a second.
  public double productRate() throws InterruptedException {
    double here = ProductRate.of(workers, precision, replicas.getFirst().threads(), place);
    return group == null ? here : group.sum(here);
  }

  /// All weights that train, flat, in place until something is computed: those that decay first.
  /// For checkpoints.
  public MemorySegment values() {
    return value.memory();
  }

  /// The optimizer's state by its parts' names, each flat and in place until something is computed,
  /// zeros before the first step.
  public SequencedMap<String, MemorySegment> state(Optimizer settings) {
    var memory = new LinkedHashMap<String, MemorySegment>();
    Update _ = updateOf(settings);
    states.forEach((name, state) -> memory.put(name, state.memory()));
    if (carried != null) {
      memory.put("carried", carried.states().memory());
    }
    return memory;
  }

  private Update updateOf(Optimizer settings) {
    if (update == null) {
      Tensor gradient = replicas.getFirst().gradient;
      update = Update.of(settings, layout, value.tensor(), gradient, workers.count());
      update.state().forEach((name, tensor) -> states.put(name, new Mirrored(place, tensor)));
      optimizer = settings;
    } else if (!settings.equals(optimizer)) {
      throw new IllegalArgumentException("the state is that of %s".formatted(optimizer));
    }
    return update;
  }

  /// Keeps the states of recurrent layers from step to step, for batches that go on; with the
  /// optimizer's state they are what a step depends on.
  ///
  /// @param rows of a step, those of all its micro-batches
  /// @param width numbers of a row's state, of all layers
  public void carry(int rows, int width) {
    Carried rowsOf = new Carried(rows, width, place);
    carried = rowsOf;
    replicas.forEach(replica -> replica.carry(rowsOf));
  }

  /// Keeps an exponential moving average of the weights from the next step on: after each, decay ·
  /// average + (1 − decay) · weights; after the first, the weights. Polyak & Juditsky 1992.
  ///
  /// @param decay within 0 … 1
  public void keepAverage(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "decay = %s is within 0 ≤ decay < 1, such as 0.999".formatted(decay));
    }
    averageDecay = decay;
    if (average == null) {
      settleDevice();
      Tensor begins = place.empty(layout.size());
      begins.copy_(value.tensor());
      average = new Mirrored(place, begins);
    }
  }

  /// The average of the weights, flat, in place until something is computed, where one is kept.
  public Optional<MemorySegment> average() {
    return Optional.ofNullable(average).map(Mirrored::memory);
  }

  /// Puts the average in the place of the weights, and the weights in its place; nothing where none
  /// is kept. Twice, and all is as before.
  public void swapAverage() {
    if (average != null) {
      settleDevice();
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        Tensor weights = value.tensor().clone();
        value.tensor().copy_(average.tensor());
        average.tensor().copy_(weights);
      }
      value.changed();
      average.changed();
    }
  }

  /// Keeps at 0, from the next step on, what is 0 now of some of the weights that train: they have
  /// no gradient, and no step moves them.
  ///
  /// @param which by their names
  /// @return how many numbers
  public long holdZeros(Predicate<String> which) {
    settleDevice();
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor held = value.tensor().eq(new Scalar(0));
      for (Slot slot : layout.slots()) {
        long at = layout.offsets()[slot.index()];
        for (int part = 0; part < slot.names().size() && slot.group().trains(); part++) {
          long size = slot.rows().get(part) * Math.max(1L, slot.columns());
          if (!which.test(slot.names().get(part))) {
            held.narrow(0, at, size).zero_();
          }
          at += size;
        }
      }
      held.retainReference();
      zeros = held;
      return held.sum().item_long();
    }
  }

  /// Makes a stretch 0 wherever zeros are held.
  private void clearHeld(Tensor of, long start, long chunk) {
    Tensor held = zeros;
    if (held == null) {
      return;
    }
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      long from = Math.min(layout.size(), start);
      long n = Math.min(chunk, layout.size() - from);
      of.narrow(0, from, n).masked_fill_(held.narrow(0, from, n), new Scalar(0));
    }
  }

  /// Sets the numbers of one part of a slot, rounded where it lies in blocks.
  public void set(Slot slot, int part, float[] values) {
    DataType type = slot.held();
    if (type == null) {
      MemorySegment.copy(values, 0, value(slot, part), ValueLayout.JAVA_FLOAT, 0, values.length);
    } else {
      held.set(slot, type, part, values);
    }
  }

  /// A copy of the numbers of one part of a slot, or of what its blocks stand for.
  public float[] floats(Slot slot, int part) {
    DataType type = slot.held();
    return type == null
        ? value(slot, part).toArray(ValueLayout.JAVA_FLOAT)
        : held.floats(slot, type, part);
  }

  /// The memory of one part of a slot that lies as floats, in place until something is computed.
  ///
  /// @param part which of the slot's names
  public MemorySegment value(Slot slot, int part) {
    long row = slot.rows().subList(0, part).stream().mapToLong(Integer::longValue).sum();
    long columns = Math.max(1, slot.columns());
    long from = layout.offsets()[slot.index()] + row * columns;
    MemorySegment all = (slot.group().trains() ? value : frozen).memory();
    return all.asSlice(from * 4, slot.rows().get(part) * columns * 4);
  }

  /// Sets all gradients to zero.
  public void clear() throws InterruptedException {
    workers.run(r -> replicas.get(r).clear());
  }

  /// One of them, for a student of theirs.
  Replica replica(int number) {
    if (number >= replicas.size()) {
      throw new IllegalArgumentException(
          "a teacher of %d replicas has none for replica %d of its student"
              .formatted(replicas.size(), number));
    }
    return replicas.get(number);
  }

  /// The parts of a loss with a teacher since [#clear], of all replicas of all processes, which all
  /// ask at the same point.
  public DistillationLoss.Parts parts() {
    DistillationLoss.Parts sum = DistillationLoss.Parts.NONE;
    for (Replica replica : replicas) {
      sum = sum.plus(replica.parts());
    }
    ProcessGroup others = group;
    return others == null
        ? sum
        : new DistillationLoss.Parts(
            others.sum(sum.targets()), others.sum(sum.divergence()), others.sum(sum.hidden()));
  }

  /// What an objective told of the batches since this was asked, or [#clear] called: sums of all
  /// replicas of all processes, which all ask at the same point.
  ///
  /// @param size how many sums there are
  public double[] told(int size) {
    double[] sums = new double[size];
    for (Replica replica : replicas) {
      double[] some = replica.told();
      for (int i = 0; i < some.length; i++) {
        sums[i] += some[i];
      }
    }
    for (int i = 0; i < size && group != null; i++) {
      sums[i] = group.sum(sums[i]);
    }
    return sums;
  }

  /// Bytes of weights, gradients, the optimizer's state and the average, as far as they are there.
  public long nativeBytes() {
    long state =
        update == null ? 0 : update.state().values().stream().mapToLong(Tensor::numel).sum();
    long kept = average == null ? 1 : 2;
    return 4 * (layout.size() * (kept + workers.count()) + layout.frozenSize() + state)
        + held.bytes()
        + (zeros == null ? 0 : layout.size());
  }

  /// Trains together with other processes from now on: each batch is shared out among them, and
  /// gradients and losses are those of all.
  public void join(ProcessGroup others) {
    join(others, GradientBuckets.BYTES);
  }

  /// @param bucketBytes of the gradient that travel together
  void join(ProcessGroup others, long bucketBytes) {
    // What is left to each process may differ between machines, and sums of both would be
    // neither's.
    String own = sums();
    String first = others.spread(own);
    if (others.sum(own.equals(first) ? 0 : 1) > 0) {
      throw new IllegalArgumentException(
          own.equals(first)
              ? "another process does not train on %s, as the first does, and all must be alike; give device and precision by name"
                  .formatted(first)
              : "process %d trains on %s, the first on %s, and all must be alike; give device and precision by name"
                  .formatted(others.rank(), own, first));
    }
    others.connect(place);
    group = others;
    buckets = new GradientBuckets(layout, replicas, others, bucketBytes);
  }

  /// What the sums are made by, and in what numbers, such as `cuda in bf16`: others have other
  /// bits.
  public String sums() {
    String kind = place.kind() == Place.Kind.HOST ? "cpu" : place.kind().name();
    return "%s in %s".formatted(kind, precision).toLowerCase(Locale.ROOT);
  }

  /// Whether this process is the first of those that train, or alone.
  public boolean first() {
    return group == null || group.rank() == 0;
  }

  /// Whether it is so in any of the processes. All of them ask at the same point.
  public boolean any(boolean here) {
    return group == null ? here : group.sum(here ? 1 : 0) > 0;
  }

  /// The first process's text.
  public String spread(String text) {
    return group == null ? text : group.spread(text);
  }

  /// Puts the first process's weights, and its optimizer's state and average, in the place of this
  /// one's.
  public void spread(Optimizer settings) {
    ProcessGroup others = group;
    if (others != null) {
      Update _ = updateOf(settings);
      settleDevice();
      others.spread(value.tensor());
      states.values().forEach(state -> others.spread(state.tensor()));
      if (average != null) {
        others.spread(average.tensor());
      }
      computed();
    }
  }

  /// Adds a batch's gradient, the step's last: what is there then goes to the other processes while
  /// it is being made.
  ///
  /// @return as [#accumulate] does
  public double accumulateLast(ModelWithHead model, Objective objective, Batch batch, double scale)
      throws InterruptedException {
    if (buckets != null) {
      buckets.begin();
    }
    return each(model, objective, batch, scale, true);
  }

  /// Adds a batch's gradient: of the objective, times scale.
  ///
  /// @return the objective's value for the batch; for [Objective#LIKELIHOOD] the sum of the losses
  ///   of its targets, in nats
  public double accumulate(ModelWithHead model, Objective objective, Batch batch, double scale)
      throws InterruptedException {
    return each(model, objective, batch, scale, true);
  }

  /// The objective's value for a batch; no gradient.
  public double loss(ModelWithHead model, Objective objective, Batch batch)
      throws InterruptedException {
    return each(model, objective, batch, 0, false);
  }

  /// Puts rows that train into the frozen tables whose rows they are, for what reads these whole.
  public void settle() {
    settleDevice();
    long[] offsets = layout.offsets();
    for (Slot slot : layout.slots()) {
      if (slot.adapter() instanceof Adapter.Rows(List<Integer> ids, Slot rows)) {
        try (PointerScope _ = new PointerScope();
            NoGradGuard _ = new NoGradGuard()) {
          Tensor own = value.tensor().narrow(0, offsets[rows.index()], rows.size());
          frozen
              .tensor()
              .narrow(0, offsets[slot.index()], slot.size())
              .view(slot.shape())
              .index_copy_(
                  0,
                  place.longs(ids.stream().mapToInt(Integer::intValue).toArray()),
                  own.view(rows.shape()));
        }
        frozen.changed();
      }
    }
  }

  /// Brings to the device what was written beside it.
  private void settleDevice() {
    value.settle();
    frozen.settle();
    states.values().forEach(Mirrored::settle);
    if (average != null) {
      average.settle();
    }
    if (carried != null) {
      carried.states().settle();
    }
  }

  /// The device has a step's numbers.
  private void computed() {
    value.changed();
    states.values().forEach(Mirrored::changed);
    if (average != null) {
      average.changed();
    }
  }

  private double each(
      ModelWithHead model, Objective objective, Batch batch, double scale, boolean backward)
      throws InterruptedException {
    settle();
    int n = workers.count();
    int together = objective.group(batch);
    int all = batch.sequences() / together;
    if (all * together != batch.sequences()) {
      throw new IllegalArgumentException(
          "%d sequences are no whole number of groups of %d"
              .formatted(batch.sequences(), together));
    }
    int processes = group == null ? 1 : group.size();
    int rank = group == null ? 0 : group.rank();
    int first = (int) ((long) all * rank / processes);
    int groups = (int) ((long) all * (rank + 1) / processes) - first;
    double[] sums = new double[n];
    workers.run(
        r -> {
          int from = (first + groups * r / n) * together;
          int to = (first + groups * (r + 1) / n) * together;
          try {
            sums[r] = replicas.get(r).step(model, objective, batch.part(from, to), scale, backward);
          } finally {
            if (buckets != null) {
              buckets.end(r);
            }
          }
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    if (group == null) {
      return sum;
    }
    if (buckets != null) {
      buckets.handedOver();
    }
    return group.sum(sum);
  }

  /// −ln p of each row's target, 0 where there is none; on one thread.
  public float[] losses(ModelWithHead model, Batch batch) {
    settle();
    return replicas.getFirst().losses(model, batch);
  }

  /// What a function of the operations gives, row by row, on one thread: for checks against other
  /// implementations, and predictions.
  public float[] compute(Function<Operations<Slot, Activation>, Activation> function, Batch batch) {
    return compute(function, batch, null);
  }

  /// The same of sequences behind learned vectors.
  ///
  /// @param virtual these; null for none
  public float[] compute(
      Function<Operations<Slot, Activation>, Activation> function,
      Batch batch,
      @Nullable LearnedTokens virtual) {
    settle();
    return replicas.getFirst().compute(function, batch, virtual);
  }

  /// The replicas' gradients, summed into a copy.
  float[] summedGradient() {
    float[] sum = new float[Math.toIntExact(layout.size())];
    for (Replica replica : replicas) {
      float[] gradient = Libtorch.floats(replica.gradient);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += gradient[i];
      }
    }
    return sum;
  }

  /// Sums the replicas' gradients, clips them, and takes one step of the optimizer. A gradient that
  /// is no number changes nothing: neither weights nor state.
  ///
  /// @param step from 1
  /// @param settings the same at every step
  /// @return the norm of the gradient before clipping
  public double update(long step, double learningRate, Optimizer settings)
      throws InterruptedException {
    int n = workers.count();
    long chunk = (layout.size() + n - 1) / n;
    boolean summed = sumOverProcesses();
    double[] squares = new double[n];
    workers.run(
        r -> {
          try (PointerScope _ = new PointerScope();
              NoGradGuard _ = new NoGradGuard()) {
            long from = Math.min(layout.size(), r * chunk);
            long length = Math.min(chunk, layout.size() - from);
            Tensor sum = replicas.getFirst().gradient.narrow(0, from, length);
            for (int other = 1; other < n && !summed; other++) {
              sum.add_(replicas.get(other).gradient.narrow(0, from, length));
            }
            clearHeld(replicas.getFirst().gradient, from, chunk);
            squares[r] = sum.dot(sum).item_double();
          }
        });
    double norm = 0;
    for (double part : squares) {
      norm += part;
    }
    norm = Math.sqrt(norm);
    double divisor = settings.clip() > 0 ? Math.max(1, (norm + 1e-6) / settings.clip()) : 1;
    if (!Double.isFinite(norm)) {
      return norm; // The weights stay whole; the caller decides.
    }
    var next = new Update.Step(step, learningRate, divisor);
    Update own = updateOf(settings);
    settleDevice();
    workers.run(r -> own.run(r, next));
    if (zeros != null) {
      workers.run(r -> clearHeld(value.tensor(), r * chunk, chunk)); // Muon's steps move them
    }
    Mirrored mean = average;
    if (mean != null) {
      workers.run(r -> averaging(mean.tensor(), r * chunk, chunk, step));
    }
    computed();
    if (carried != null) {
      carried.take();
    }
    return norm;
  }

  /// The gradient of all replicas of all processes, in the first replica's place.
  ///
  /// @return false where there are no other processes, and it is yet to be done
  private boolean sumOverProcesses() {
    GradientBuckets own = buckets;
    if (own == null) {
      return false;
    }
    if (!own.sending()) {
      own.begin();
      for (int r = 0; r < workers.count(); r++) {
        own.end(r);
      }
    }
    own.await();
    return true;
  }

  private void averaging(Tensor mean, long start, long chunk, long step) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      long from = Math.min(layout.size(), start);
      long n = Math.min(chunk, layout.size() - from);
      Tensor to = mean.narrow(0, from, n);
      if (step == 1) {
        to.copy_(value.tensor().narrow(0, from, n));
      } else {
        to.lerp_(value.tensor().narrow(0, from, n), new Scalar(1 - averageDecay));
      }
    }
  }

  int angleTables() {
    return replicas.stream().mapToInt(Replica::angleTables).sum();
  }

  @Override
  public void close() {
    workers.close();
    if (buckets != null) {
      buckets.close();
    }
    replicas.forEach(Replica::close);
    held.close();
    value.close();
    states.values().forEach(Mirrored::close);
    if (average != null) {
      average.close();
    }
    if (zeros != null) {
      zeros.close();
    }
    frozen.close();
    if (carried != null) {
      carried.close();
    }
  }
}
