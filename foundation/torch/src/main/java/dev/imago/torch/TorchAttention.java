package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Attention of one pass of one replica, and its masks, of which those that layers share are made
/// once.
///
/// *B sequences of T tokens, S of a source, H heads of width C.*
final class TorchAttention {
  private final Replica replica;
  private final Batch batch;
  private final PassDropout dropout;
  private final @Nullable Recomputation blocks;
  private final long sequences;
  private final long length;
  private final Map<Integer, Tensor> windows = new HashMap<>();
  private final Map<Slot, Tensor> biases = new IdentityHashMap<>();

  TorchAttention(
      Replica replica, Batch batch, PassDropout dropout, @Nullable Recomputation blocks) {
    this.replica = replica;
    this.batch = batch;
    this.dropout = dropout;
    this.blocks = blocks;
    this.sequences = batch.sequences();
    this.length = batch.length();
  }

  /// A row's tokens among each other: q [B·T,H·C], k and v [B·T,K·C] → [B·T,H·C], where K divides
  /// H.
  ///
  /// @param bias by distance
  Tensor within(Tensor q, Tensor k, Tensor v, AttentionShape shape, @Nullable Slot bias) {
    long heads = shape.heads();
    long kvHeads = shape.kvHeads();
    long width = shape.headWidth();
    Tensor queries = heads(q, heads, width).transpose(1, 2);
    Tensor keys = spread(heads(k, kvHeads, width), heads / kvHeads).transpose(1, 2);
    Tensor values = spread(heads(v, kvHeads, width), heads / kvHeads).transpose(1, 2);
    boolean causal = shape.mask() == AttentionShape.Mask.CAUSAL;
    Tensor mask = mask(shape, bias);
    boolean usual = shape.scale() == (float) (1 / Math.sqrt(width));
    Tensor y =
        dropout.drops(shape.dropout())
            ? dropping(
                queries, keys, values, causal && mask == null ? hidden(shape, false) : mask, shape)
            : weighted(
                queries,
                keys,
                values,
                mask,
                causal && mask == null,
                usual ? new DoubleOptional() : new DoubleOptional(shape.scale()));
    return y.transpose(1, 2).reshape(sequences * length, heads * width);
  }

  /// A row's tokens on what the encoder read: q [B·T,H·C], k and v [B·S,H·C] → [B·T,H·C].
  Tensor across(Tensor q, Tensor k, Tensor v, Batch.Source source, AttentionShape shape) {
    long heads = shape.heads();
    long width = shape.headWidth();
    long s = source.length();
    Tensor mask = null;
    if (source.lengths().length > 0) {
      float[] hidden = new float[(int) (sequences * s)];
      for (int i = 0; i < hidden.length; i++) {
        boolean unseen = i % s >= source.lengths()[(int) (i / s)];
        hidden[i] = unseen ? Float.NEGATIVE_INFINITY : 0;
      }
      mask = replica.place().floats(hidden, sequences, 1, 1, s);
    }
    Tensor queries = heads(q, heads, width).transpose(1, 2);
    Tensor keys = k.view(sequences, s, heads, width).transpose(1, 2);
    Tensor values = v.view(sequences, s, heads, width).transpose(1, 2);
    Tensor y =
        dropout.drops(shape.dropout())
            ? dropping(queries, keys, values, mask, shape)
            : weighted(queries, keys, values, mask, false, new DoubleOptional(shape.scale()));
    return y.transpose(1, 2).reshape(sequences * length, heads * width);
  }

  private static Tensor weighted(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, DoubleOptional scale) {
    return torch.scaled_dot_product_attention(
        q,
        k,
        v,
        mask == null ? new TensorOptional() : new TensorOptional(mask),
        0.0,
        causal,
        scale,
        false);
  }

  /// Attention whose weights are dropped, with their [B,H,T,S] in memory: libtorch's own draws
  /// numbers that depend on threads and batches. q [B,H,T,C], k and v [B,H,S,C].
  private Tensor dropping(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, AttentionShape shape) {
    Tensor scores = torch.matmul(q.mul(new Scalar((double) shape.scale())), k.transpose(2, 3));
    Tensor weights = (mask == null ? scores : scores.add(mask)).softmax(3);
    long each = weights.numel() / sequences;
    Tensor kept = dropout.mask(shape.dropout(), sequences, each);
    return torch.matmul(weights.mul(kept.view_as(weights)), v);
  }

  private Tensor heads(Tensor x, long heads, long width) {
    return x.view(sequences, length, heads, width);
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

  /// What is added to the scores, where that is more than the causal mask: a bias by distance
  /// [1,H,T,T], and −∞ for what a token does not see. Padding follows its sequence, so that the
  /// causal mask hides it from all that counts.
  private @Nullable Tensor mask(AttentionShape shape, @Nullable Slot bias) {
    boolean causal = shape.mask() == AttentionShape.Mask.CAUSAL;
    boolean padded = !causal && batch.lengths().length > 0;
    boolean windowed = shape.window() > 0 && shape.window() < length;
    if (bias == null && batch.begins().length > 0) {
      int key = causal ? shape.window() : -1;
      return windows.computeIfAbsent(key, _ -> Recomputation.kept(blocks, apart(shape)));
    }
    if (bias == null && windowed) {
      return windows.computeIfAbsent(
          shape.window(), _ -> Recomputation.kept(blocks, hidden(shape, false)));
    }
    if (bias == null && !padded) {
      return null;
    }
    return bias == null
        ? hidden(shape, padded)
        : biases.computeIfAbsent(
            bias,
            table -> {
              Tensor unseen = batch.begins().length > 0 ? apart(shape) : hidden(shape, padded);
              Tensor biased = biased(shape, table, unseen);
              return blocks == null ? biased : blocks.leaf(biased);
            });
  }

  /// A bias by distance, which layers may share [1,H,T,T], and what a token does not see.
  private Tensor biased(AttentionShape shape, Slot bias, Tensor mask) {
    int t = (int) length;
    AttentionShape.Buckets buckets = shape.buckets().orElseThrow();
    long[] rows = new long[t * t];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = buckets.row(i % t - i / t);
    }
    Tensor table = torch.embedding(replica.leaf(bias), replica.place().longs(rows));
    return table.view(t, t, shape.heads()).permute(2, 0, 1).unsqueeze(0).add(mask);
  }

  /// −∞ for what a token does not see, of other texts or its own, else 0: [B,1,T,T].
  private Tensor apart(AttentionShape shape) {
    boolean causal = shape.mask() == AttentionShape.Mask.CAUSAL;
    int window = shape.window() == 0 ? Integer.MAX_VALUE : shape.window();
    int t = (int) length;
    int[] begins = batch.begins();
    float[] hidden = new float[(int) sequences * t * t];
    for (int i = 0; i < hidden.length; i++) {
      int row = i / t; // of all sequences together
      int key = i % t;
      int distance = row % t - key;
      boolean seen =
          begins[row] == begins[row - row % t + key]
              && (!causal || distance >= 0 && distance < window);
      hidden[i] = seen ? 0 : Float.NEGATIVE_INFINITY;
    }
    return replica.place().floats(hidden, sequences, 1, t, t);
  }

  /// −∞ for what a token does not see, else 0: [1,1,T,T], or [B,1,1,T] for padding.
  private Tensor hidden(AttentionShape shape, boolean padded) {
    boolean causal = shape.mask() == AttentionShape.Mask.CAUSAL;
    int window = shape.window() == 0 ? Integer.MAX_VALUE : shape.window();
    int t = (int) length;
    float[] hidden = new float[padded ? (int) sequences * t : t * t];
    for (int i = 0; i < hidden.length; i++) {
      int distance = i / t - i % t;
      boolean unseen =
          padded ? i % t >= batch.lengths()[i / t] : causal && (distance < 0 || distance >= window);
      hidden[i] = unseen ? Float.NEGATIVE_INFINITY : 0;
    }
    return padded
        ? replica.place().floats(hidden, sequences, 1, 1, t)
        : replica.place().floats(hidden, 1, 1, t, t);
  }
}
