package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Operations;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// One thread's view of the model: the shared weights, and gradients of its own.
final class Replica {
  /// Rows of logits at a time: the whole [N,V] would not stay in the cache.
  private static final long CHUNK = 512;

  private final List<Tensor> leaves = new ArrayList<>();
  private final List<Tensor> gradients = new ArrayList<>();
  private final Precision precision;
  private final Map<Long, Rotary> rotaries = new HashMap<>();
  private @Nullable AttentionShape shape;
  final Tensor gradient;

  /// @param flat all weights, shared
  Replica(Layout layout, Tensor flat, Precision precision) {
    this.precision = precision;
    this.gradient = torch.zeros(flat.numel());
    long[] offsets = layout.offsets();
    for (Slot slot : layout.slots()) {
      long at = offsets[slot.index()];
      Tensor leaf = flat.detach().narrow(0, at, slot.size()).view(slot.shape());
      Tensor part = gradient.narrow(0, at, slot.size()).view(slot.shape());
      leaf.set_requires_grad(true);
      leaf.mutable_grad().put(part);
      leaves.add(leaf);
      gradients.add(part);
    }
  }

  Tensor leaf(Slot slot) {
    return leaves.get(slot.index());
  }

  Rotary rotary(AttentionShape wanted, long length) {
    if (!wanted.equals(shape)) {
      rotaries.clear();
      shape = wanted;
    }
    return rotaries.computeIfAbsent(
        length,
        n -> {
          try (PointerScope _ = new PointerScope()) {
            Rotary rotary = Rotary.of(wanted, n);
            rotary.cos().retainReference();
            rotary.sin().retainReference();
            return rotary;
          }
        });
  }

  /// Forward and, if asked, backward: adds the gradient of (sum of losses · scale) to what is
  /// there.
  ///
  /// @return the sum of the losses of the batch's targets, in nats
  double step(
      Function<Operations<Slot, Activation>, Activation> body,
      Slot head,
      Batch batch,
      double scale,
      boolean backward) {
    if (batch.sequences() == 0) {
      return 0;
    }
    try (PointerScope _ = new PointerScope()) {
      Tensor ids = longs(batch.ids());
      if (!backward) {
        try (NoGradGuard _ = new NoGradGuard()) {
          return loss(hidden(body, ids, batch), head, batch, 0, null);
        }
      }
      Tensor hidden = hidden(body, ids, batch);
      Tensor dHidden = torch.empty(hidden.size(0), hidden.size(1));
      double loss = loss(hidden.detach(), head, batch, scale, dHidden);
      hidden.backward(dHidden, new BoolOptional(), false, new TensorArrayRefOptional());
      return loss;
    }
  }

  private Tensor hidden(
      Function<Operations<Slot, Activation>, Activation> body, Tensor ids, Batch batch) {
    return body.apply(new TorchOperations(this, ids, batch.sequences(), batch.length(), precision))
        .tensor;
  }

  /// The output matrix and the cross entropy, a chunk of rows at a time, forward and backward at
  /// once: the softmax overwrites the logits, so that neither is ever held whole.
  private double loss(
      Tensor hidden, Slot head, Batch batch, double scale, @Nullable Tensor dHidden) {
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor weight = leaf(head).detach();
      boolean bf16 = precision == Precision.BF16;
      Tensor w = bf16 ? weight.to(ScalarType.BFloat16) : weight;
      long n = hidden.size(0);
      Tensor buffer = torch.empty(Math.min(CHUNK, n), weight.size(0));
      double sum = 0;
      for (long from = 0; from < n; from += CHUNK) {
        try (PointerScope _ = new PointerScope()) {
          int rows = (int) Math.min(CHUNK, n - from);
          Tensor h = hidden.narrow(0, from, rows);
          Tensor hx = bf16 ? h.to(ScalarType.BFloat16) : h;
          Tensor z = buffer.narrow(0, 0, rows);
          if (bf16) {
            z.copy_(torch.mm(hx, w.t()));
          } else {
            torch.mm_out(z, hx, w.t());
          }
          long[] targets = new long[rows];
          float[] weights = new float[rows];
          for (int i = 0; i < rows; i++) {
            int target = batch.targets()[(int) from + i];
            targets[i] = Math.max(0, target);
            weights[i] = target == Batch.IGNORED ? 0 : 1;
          }
          Tensor target = longs(targets).view(rows, 1);
          Tensor counted = floats(weights, rows, 1);
          Tensor normalizer = z.logsumexp(1).view(rows, 1);
          sum += normalizer.sub(z.gather(1, target)).mul(counted).sum().item_double();
          if (dHidden != null) {
            z.sub_(normalizer).exp_();
            z.scatter_add_(1, target, torch.full(new long[] {rows, 1}, new Scalar(-1.0)));
            z.mul_(counted.mul(new Scalar(scale)));
            Tensor zx = bf16 ? z.to(ScalarType.BFloat16) : z;
            Tensor d = dHidden.narrow(0, from, rows);
            Tensor dw = gradients.get(head.index());
            if (bf16) {
              d.copy_(torch.mm(zx, w));
              dw.add_(torch.mm(zx.t(), hx));
            } else {
              torch.mm_out(d, zx, w);
              torch.addmm_out(dw, dw, zx.t(), hx, new Scalar(1.0), new Scalar(1.0));
            }
          }
        }
      }
      return sum;
    }
  }

  /// The scores of every next token, [B·T·V].
  float[] logits(Function<Operations<Slot, Activation>, Activation> body, Batch batch) {
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor logits = hidden(body, longs(batch.ids()), batch).contiguous();
      return Libtorch.memory(logits).toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
    }
  }

  void close() {
    leaves.forEach(Tensor::close);
    gradients.forEach(Tensor::close);
    gradient.close();
  }

  static Tensor floats(float[] values, long... shape) {
    Tensor tensor = torch.empty(shape);
    MemorySegment.copy(
        MemorySegment.ofArray(values), 0, Libtorch.memory(tensor), 0, values.length * 4L);
    return tensor;
  }

  private static Tensor longs(int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return longs(wide);
  }

  private static Tensor longs(long[] values) {
    Tensor tensor =
        torch.empty(
            new long[] {values.length},
            new TensorOptions(ScalarType.Long),
            new MemoryFormatOptional());
    MemorySegment.copy(
        MemorySegment.ofArray(values), 0, Libtorch.memory(tensor), 0, values.length * 8L);
    return tensor;
  }
}
