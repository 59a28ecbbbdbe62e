package dev.imago.torch;

import dev.imago.tensor.Operations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/// A model in training, data-parallel over threads: one copy of the weights, a replica with
/// gradients of its own on each thread, a fixed order of sums, so that the same threads give the
/// same bits.
///
/// Owns native memory: three floats a weight that trains and one more a thread; one float a weight
/// that does not.
public final class Replicas implements AutoCloseable {
  private final Layout layout;
  private final Workers workers;
  private final Tensor value;
  private final Tensor frozen;
  private final Tensor mean;
  private final Tensor square;
  private final List<Replica> replicas = new ArrayList<>();
  private final OperatorHandle adamW;
  private final Type.TypePtr tensorType;

  /// @param threads how many replicas, at least 1
  public Replicas(Layout layout, int threads, Precision precision) throws InterruptedException {
    Libtorch.load();
    this.layout = layout;
    this.workers = new Workers(threads);
    this.value = torch.zeros(layout.size());
    this.mean = torch.zeros(layout.size());
    this.square = torch.zeros(layout.size());
    this.frozen = torch.zeros(layout.frozenSize());
    for (int i = 0; i < threads; i++) {
      replicas.add(new Replica(layout, value, frozen, precision));
    }
    this.adamW = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
    this.tensorType = new Type.TypePtr(TensorType.get());
  }

  public Layout layout() {
    return layout;
  }

  /// All weights that train, flat, in place: those that decay first. For checkpoints.
  public MemorySegment values() {
    return Libtorch.memory(value);
  }

  /// AdamW's running mean of the gradients, flat, in place.
  public MemorySegment means() {
    return Libtorch.memory(mean);
  }

  /// AdamW's running mean of their squares, flat, in place.
  public MemorySegment squares() {
    return Libtorch.memory(square);
  }

  /// The memory of one part of a slot, in place.
  ///
  /// @param part which of the slot's names
  public MemorySegment value(Slot slot, int part) {
    long row = slot.rows().subList(0, part).stream().mapToLong(Integer::longValue).sum();
    long columns = Math.max(1, slot.columns());
    long from = layout.offsets()[slot.index()] + row * columns;
    MemorySegment all = Libtorch.memory(slot.group().trains() ? value : frozen);
    return all.asSlice(from * 4, slot.rows().get(part) * columns * 4);
  }

  /// Sets all gradients to zero.
  public void clear() throws InterruptedException {
    workers.run(r -> replicas.get(r).gradient.zero_());
  }

  /// Bytes of weights, gradients and moments.
  public long nativeBytes() {
    return 4 * (layout.size() * (3 + workers.count()) + layout.frozenSize());
  }

  /// Adds a batch's gradient: of the objective, times scale.
  ///
  /// @return the objective's value for the batch; for [Objective#LIKELIHOOD] the sum of the losses
  ///   of its targets, in nats
  public double accumulate(Output model, Objective objective, Batch batch, double scale)
      throws InterruptedException {
    return each(model, objective, batch, scale, true);
  }

  /// The objective's value for a batch; no gradient.
  public double loss(Output model, Objective objective, Batch batch) throws InterruptedException {
    return each(model, objective, batch, 0, false);
  }

  private double each(
      Output model, Objective objective, Batch batch, double scale, boolean backward)
      throws InterruptedException {
    int n = workers.count();
    int groups = batch.sequences() / objective.group();
    if (groups * objective.group() != batch.sequences()) {
      throw new IllegalArgumentException(
          "%d sequences are no whole number of groups of %d"
              .formatted(batch.sequences(), objective.group()));
    }
    double[] sums = new double[n];
    workers.run(
        r -> {
          int from = groups * r / n * objective.group();
          int to = groups * (r + 1) / n * objective.group();
          sums[r] = replicas.get(r).step(model, objective, batch.part(from, to), scale, backward);
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  /// −ln p of each row's target, 0 where there is none; on one thread.
  public float[] losses(Output model, Batch batch) {
    return replicas.getFirst().losses(model, batch);
  }

  /// What a function of the operations gives, row by row, on one thread: for checks against other
  /// implementations, and predictions.
  public float[] compute(Function<Operations<Slot, Activation>, Activation> function, Batch batch) {
    return replicas.getFirst().compute(function, batch);
  }

  /// The replicas' gradients, summed into a copy.
  float[] summedGradient() {
    float[] sum = new float[Math.toIntExact(layout.size())];
    for (Replica replica : replicas) {
      MemorySegment gradient = Libtorch.memory(replica.gradient);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
    }
    return sum;
  }

  /// Sums the replicas' gradients, clips them, and takes one step of AdamW.
  ///
  /// @param step from 1
  /// @return the norm of the gradient before clipping
  public double update(long step, double learningRate, AdamW settings) throws InterruptedException {
    int n = workers.count();
    long chunk = (layout.size() + n - 1) / n;
    double[] squares = new double[n];
    workers.run(
        r -> {
          try (PointerScope _ = new PointerScope();
              NoGradGuard _ = new NoGradGuard()) {
            long from = Math.min(layout.size(), r * chunk);
            long length = Math.min(chunk, layout.size() - from);
            Tensor sum = replicas.getFirst().gradient.narrow(0, from, length);
            for (int other = 1; other < n; other++) {
              sum.add_(replicas.get(other).gradient.narrow(0, from, length));
            }
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
    List<Layout.Range> ranges = layout.ranges();
    workers.run(
        r -> {
          long from = Math.min(layout.size(), r * chunk);
          long to = Math.min(layout.size(), from + chunk);
          for (Layout.Range range : ranges) {
            Group group = range.group();
            adamW(
                Math.clamp(range.from(), from, to),
                Math.clamp(range.to(), from, to),
                step,
                learningRate * group.learningRateFactor(),
                settings,
                settings.weightDecay() * group.weightDecayFactor(),
                divisor);
          }
        });
    return norm;
  }

  private void adamW(
      long from,
      long to,
      long step,
      double learningRate,
      AdamW settings,
      double decay,
      double divisor) {
    if (from == to) {
      return;
    }
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      long n = to - from;
      IValueVector arguments = new IValueVector();
      arguments
          .push_back(list(value.narrow(0, from, n)))
          .push_back(list(replicas.getFirst().gradient.narrow(0, from, n)))
          .push_back(list(mean.narrow(0, from, n)))
          .push_back(list(square.narrow(0, from, n)))
          .push_back(list())
          .push_back(list(torch.full(new long[] {1}, new Scalar((double) step))))
          .push_back(new IValue(learningRate))
          .push_back(new IValue(settings.beta1()))
          .push_back(new IValue(settings.beta2()))
          .push_back(new IValue(decay))
          .push_back(new IValue(settings.epsilon()))
          .push_back(new IValue(false)) // amsgrad
          .push_back(new IValue(false)) // maximize
          .push_back(new IValue(torch.full(new long[] {1}, new Scalar(divisor)))) // grad_scale
          .push_back(new IValue()); // found_inf
      adamW.callBoxed(arguments);
    }
  }

  private IValue list(Tensor... tensors) {
    GenericList list = new GenericList(tensorType);
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  int angleTables() {
    return replicas.stream().mapToInt(Replica::angleTables).sum();
  }

  @Override
  public void close() {
    workers.close();
    replicas.forEach(Replica::close);
    value.close();
    mean.close();
    square.close();
    frozen.close();
  }
}
