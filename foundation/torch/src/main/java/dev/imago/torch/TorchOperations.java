package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Operations;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// The operations on libtorch, bound to one step of one replica: B sequences of T tokens, no cache.
/// Gradients are libtorch's own.
final class TorchOperations implements Operations<Slot, Activation> {
  private final Replica replica;
  private final Tensor ids;
  private final long sequences;
  private final long length;
  private final boolean bf16;

  /// @param ids [B·T] of int64
  TorchOperations(Replica replica, Tensor ids, long sequences, long length, Precision precision) {
    this.replica = replica;
    this.ids = ids;
    this.sequences = sequences;
    this.length = length;
    this.bf16 = precision == Precision.BF16;
  }

  @Override
  public Activation embedding(Slot table) {
    return new Activation(torch.embedding(replica.leaf(table), ids));
  }

  @Override
  public Activation linear(Activation x, Slot weight) {
    Tensor w = replica.leaf(weight);
    return new Activation(
        bf16
            ? torch
                .linear(x.tensor.to(ScalarType.BFloat16), w.to(ScalarType.BFloat16))
                .to(ScalarType.Float)
            : torch.linear(x.tensor, w));
  }

  @Override
  public Activation rmsNorm(Activation x, Slot weight, float epsilon) {
    Tensor w = replica.leaf(weight);
    return new Activation(
        torch.rms_norm(
            x.tensor, new long[] {w.numel()}, new TensorOptional(w), new DoubleOptional(epsilon)));
  }

  @Override
  public Activation attention(int layer, Activation qkv, AttentionShape shape) {
    long heads = shape.heads();
    long kvHeads = shape.kvHeads();
    long width = shape.headWidth();
    Tensor packed = qkv.tensor.view(sequences, length, heads + 2 * kvHeads, width);
    Tensor turned = rotate(packed.narrow(2, 0, heads + kvHeads), shape);
    Tensor q = turned.narrow(2, 0, heads).transpose(1, 2);
    Tensor k = spread(turned.narrow(2, heads, kvHeads), heads / kvHeads).transpose(1, 2);
    Tensor v = spread(packed.narrow(2, heads + kvHeads, kvHeads), heads / kvHeads).transpose(1, 2);
    Tensor y =
        torch.scaled_dot_product_attention(
            q, k, v, new TensorOptional(), 0.0, true, new DoubleOptional(), false);
    return new Activation(y.transpose(1, 2).reshape(sequences * length, heads * width));
  }

  /// Each key–value head once for every query head that shares it: [B,T,K,C] → [B,T,K·g,C].
  private Tensor spread(Tensor x, long group) {
    if (group == 1) {
      return x;
    }
    long kvHeads = x.size(2);
    long width = x.size(3);
    return x.unsqueeze(3)
        .expand(sequences, length, kvHeads, group, width)
        .reshape(sequences, length, kvHeads * group, width);
  }

  /// x · cos + turned(x) · sin, where turned swaps the elements of each pair.
  private Tensor rotate(Tensor x, AttentionShape shape) {
    Rotary rotary = replica.rotary(shape, length);
    long half = shape.headWidth() / 2;
    Tensor turned;
    if (shape.rotary() == AttentionShape.Rotary.HALVES) {
      turned =
          torch.cat(
              new TensorArrayRef(new TensorVector(x.narrow(3, half, half), x.narrow(3, 0, half))),
              3);
    } else {
      turned = x.reshape(sequences, length, -1, half, 2).flip(4).flatten(3, 4);
    }
    return torch.addcmul(x.mul(rotary.cos()), turned, rotary.sin(), new Scalar(1.0));
  }

  @Override
  public Activation swiGlu(Activation gateUp) {
    long f = gateUp.tensor.size(1) / 2;
    Tensor gate = gateUp.tensor.narrow(1, 0, f);
    return new Activation(torch.silu(gate).mul(gateUp.tensor.narrow(1, f, f)));
  }

  @Override
  public Activation add(Activation a, Activation b) {
    return new Activation(a.tensor.add(b.tensor));
  }
}
