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
/// Owns native memory: three floats a weight and one more a weight and thread.
public final class Replicas implements AutoCloseable {
  private final Layout layout;
  private final Workers workers;
  private final Tensor value;
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
    for (int i = 0; i < threads; i++) {
      replicas.add(new Replica(layout, value, precision));
    }
    this.adamW = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
    this.tensorType = new Type.TypePtr(TensorType.get());
  }

  public Layout layout() {
    return layout;
  }

  /// All weights, flat, in place: matrices first, then vectors. For checkpoints and for filling.
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
    return values().asSlice(from * 4, slot.rows().get(part) * columns * 4);
  }

  /// Sets all gradients to zero.
  public void clear() throws InterruptedException {
    workers.run(r -> replicas.get(r).gradient.zero_());
  }

  /// Adds a batch's gradient: of the sum of its losses, times scale.
  ///
  /// @param body the model up to the output matrix, as `decoder::hidden`
  /// @param head the output matrix
  /// @return the sum of the losses of the batch's targets, in nats
  public double accumulate(
      Function<Operations<Slot, Activation>, Activation> body, Slot head, Batch batch, double scale)
      throws InterruptedException {
    return each(body, head, batch, scale, true);
  }

  /// The sum of the losses of a batch's targets, in nats; no gradient.
  public double loss(
      Function<Operations<Slot, Activation>, Activation> body, Slot head, Batch batch)
      throws InterruptedException {
    return each(body, head, batch, 0, false);
  }

  private double each(
      Function<Operations<Slot, Activation>, Activation> body,
      Slot head,
      Batch batch,
      double scale,
      boolean backward)
      throws InterruptedException {
    int n = workers.count();
    double[] sums = new double[n];
    workers.run(
        r -> {
          int from = batch.sequences() * r / n;
          int to = batch.sequences() * (r + 1) / n;
          sums[r] = replicas.get(r).step(body, head, batch.part(from, to), scale, backward);
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  /// The scores of every next token: for checks against other implementations.
  ///
  /// @return [B·T·V], row by row
  public float[] logits(Function<Operations<Slot, Activation>, Activation> body, Batch batch) {
    try (PointerScope _ = new PointerScope()) {
      return replicas.getFirst().logits(body, batch);
    }
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
    workers.run(
        r -> {
          long from = Math.min(layout.size(), r * chunk);
          long to = Math.min(layout.size(), from + chunk);
          long edge = Math.clamp(layout.matrixSize(), from, to);
          adamW(from, edge, step, learningRate, settings, settings.weightDecay(), divisor);
          adamW(edge, to, step, learningRate, settings, 0, divisor);
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

  @Override
  public void close() {
    workers.close();
    replicas.forEach(Replica::close);
    value.close();
    mean.close();
    square.close();
  }
}
