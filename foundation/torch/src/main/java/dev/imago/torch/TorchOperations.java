package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Rope;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The operations on libtorch, bound to one step of one replica: B sequences of T tokens, no cache.
/// Gradients are libtorch's own.
final class TorchOperations implements Operations<Slot, Activation> {
  /// The first place of an encoder's pass: far behind its decoder's.
  private static final int SOURCE_PLACES = 1 << 20;

  private final Replica replica;
  private final Tensor ids;
  private final Batch batch;
  private final long sequences;
  private final long length;
  private final boolean bf16;
  private final Map<Rope, Rotary> varying = new IdentityHashMap<>();
  private final Map<Integer, Tensor> windows = new HashMap<>();
  private final Map<Slot, Tensor> biases = new IdentityHashMap<>();
  private final @Nullable Draw draw;
  private final @Nullable Recomputation blocks;

  /// The next place of the pass that draws numbers.
  private int place;

  /// @param ids [B·T] of int64
  /// @param blocks computes blocks again on the way back; null where all is kept
  TorchOperations(
      Replica replica,
      Tensor ids,
      Batch batch,
      Precision precision,
      @Nullable Recomputation blocks) {
    this(replica, ids, batch, precision, batch.draw(), 0, blocks);
  }

  private TorchOperations(
      Replica replica,
      Tensor ids,
      Batch batch,
      Precision precision,
      @Nullable Draw draw,
      int firstPlace,
      @Nullable Recomputation blocks) {
    this.blocks = blocks;
    this.draw = draw;
    this.place = firstPlace;
    this.replica = replica;
    this.ids = ids;
    this.batch = batch;
    this.sequences = batch.sequences();
    this.length = batch.length();
    this.bf16 = precision == Precision.BF16;
  }

  @Override
  public Activation gather(Slot table, Index index, int from) {
    Tensor t = replica.leaf(table);
    return new Activation(
        switch (index) {
          case TOKEN -> torch.embedding(t, from == 0 ? ids : ids.add(new Scalar((long) from)));
          case POSITION -> {
            if (length > t.size(0) - from) {
              throw new IllegalArgumentException(
                  "sequences of %d are longer than the %d positions of the model"
                      .formatted(length, t.size(0) - from));
            }
            yield batch.begins().length == 0
                ? t.narrow(0, from, length).repeat(sequences, 1)
                : torch.embedding(t, Replica.longs(places(from)));
          }
          case SEGMENT -> t.narrow(0, from, 1).expand(sequences * length, t.size(1));
        });
  }

  /// Each id's place in its text, and `from` more.
  private long[] places(int from) {
    long[] places = new long[batch.begins().length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i % length - batch.begins()[i] + from;
    }
    return places;
  }

  @Override
  public Activation linear(Activation x, Slot weight, @Nullable Slot bias) {
    Tensor b = bias == null ? null : replica.leaf(bias);
    Tensor w = replica.leaf(weight);
    boolean apart = bf16 || replica.threads() > 1; // the bias is added by itself
    Tensor y =
        b == null || apart
            ? product(x.tensor, w)
            : torch.linear(x.tensor, w, new TensorOptional(b));
    if (b != null && apart) {
      y = y.add(b);
    }
    Adapter adapter = weight.adapter();
    return new Activation(adapter == null ? y : y.add(adapted(x.tensor, adapter)));
  }

  private Tensor product(Tensor x, Tensor w) {
    return bf16
        ? torch.linear(x.to(ScalarType.BFloat16), w.to(ScalarType.BFloat16)).to(ScalarType.Float)
        : Products.linear(x, w, replica.threads());
  }

  private Tensor adapted(Tensor x, Adapter adapter) {
    Tensor low = product(x, replica.leaf(adapter.down()));
    var parts = new TensorVector();
    for (int part = 0; part < adapter.ups().size(); part++) {
      Tensor own = low.narrow(1, (long) part * adapter.rank(), adapter.rank());
      parts.push_back(product(own, replica.leaf(adapter.ups().get(part))));
    }
    Tensor all = adapter.ups().size() == 1 ? parts.get(0) : torch.cat(new TensorArrayRef(parts), 1);
    return all.mul(new Scalar(adapter.scale()));
  }

  @Override
  public Activation rmsNorm(Activation x, Slot weight, float epsilon, float more) {
    Tensor leaf = replica.leaf(weight);
    Tensor w = more == 0 ? leaf : leaf.add(new Scalar((double) more));
    boolean whole = w.numel() == x.tensor.size(1);
    Tensor rows = whole ? x.tensor : x.tensor.reshape(-1, w.numel());
    Tensor y =
        torch.rms_norm(
            rows, new long[] {w.numel()}, new TensorOptional(w), new DoubleOptional(epsilon));
    return new Activation(whole ? y : y.view(x.tensor.size(0), x.tensor.size(1)));
  }

  @Override
  public Activation layerNorm(Activation x, Slot weight, Slot bias, float epsilon) {
    Tensor w = replica.leaf(weight);
    return new Activation(
        torch.layer_norm(
            x.tensor,
            new long[] {w.numel()},
            new TensorOptional(w),
            new TensorOptional(replica.leaf(bias)),
            epsilon,
            false));
  }

  @Override
  public Activation apply(Nonlinearity function, Activation x) {
    return new Activation(apply(function, x.tensor));
  }

  private static Tensor apply(Nonlinearity function, Tensor x) {
    return switch (function) {
      case SILU -> torch.silu(x);
      case GELU -> torch.gelu(x);
      case GELU_TANH -> torch.gelu(x, "tanh");
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
    };
  }

  @Override
  public Activation gated(Nonlinearity function, Activation gateUp) {
    long f = gateUp.tensor.size(1) / 2;
    Tensor gate = gateUp.tensor.narrow(1, 0, f);
    return new Activation(apply(function, gate).mul(gateUp.tensor.narrow(1, f, f)));
  }

  @Override
  public Activation scale(Activation x, float factor) {
    return new Activation(x.tensor.mul(new Scalar((double) factor)));
  }

  @Override
  public Activation add(Activation a, Activation b) {
    return new Activation(a.tensor.add(b.tensor));
  }

  int place() {
    return place;
  }

  /// Goes back to a place of the pass.
  void place(int earlier) {
    place = earlier;
  }

  @Override
  public Activation block(Activation x, UnaryOperator<Activation> body) {
    return blocks == null
        ? body.apply(x)
        : new Activation(
            blocks.run(
                this, List.of(x.tensor), in -> body.apply(new Activation(in.getFirst())).tensor));
  }

  @Override
  public Activation block(
      Activation x,
      @Nullable Activation other,
      BiFunction<Activation, @Nullable Activation, Activation> body) {
    return blocks == null || other == null
        ? body.apply(x, other)
        : new Activation(
            blocks.run(
                this,
                List.of(x.tensor, other.tensor),
                in -> body.apply(new Activation(in.get(0)), new Activation(in.get(1))).tensor));
  }

  /// What several blocks use, past the one that made it.
  private Tensor kept(Tensor x) {
    return blocks == null ? x : blocks.kept(x);
  }

  @Override
  public Activation dropout(Activation x, float rate, boolean locked) {
    if (rate == 0 || draw == null) {
      return x;
    }
    long columns = x.tensor.size(1);
    long rows = x.tensor.size(0) / sequences;
    if (locked) {
      Tensor mask = DropoutMask.of(draw, place++, rate, (int) sequences, columns);
      return new Activation(
          x.tensor
              .view(sequences, rows, columns)
              .mul(mask.view(sequences, 1, columns))
              .view(sequences * rows, columns));
    }
    Tensor mask = DropoutMask.of(draw, place++, rate, (int) sequences, rows * columns);
    return new Activation(x.tensor.mul(mask.view(sequences * rows, columns)));
  }

  @Override
  public Activation columns(Activation x, int from, int count) {
    return new Activation(x.tensor.narrow(1, from, count));
  }

  /// x · cos + turned(x) · sin, where turned swaps the elements of each pair.
  @Override
  public Activation rotate(Activation x, Rope rope) {
    Rotary rotary = rope.varies() ? varying(rope) : replica.rotary(rope, length);
    long width = rope.headWidth();
    long half = rope.pairs();
    Tensor all = x.tensor.view(sequences, length, x.tensor.size(1) / width, width);
    boolean whole = width == 2 * half;
    Tensor heads = whole ? all : all.narrow(3, 0, 2 * half);
    Tensor turned;
    if (rope.order() == Rope.Order.HALVES) {
      turned =
          torch.cat(
              new TensorArrayRef(
                  new TensorVector(heads.narrow(3, half, half), heads.narrow(3, 0, half))),
              3);
    } else {
      turned = heads.reshape(sequences, length, -1, half, 2).flip(4).flatten(3, 4);
    }
    Tensor y = torch.addcmul(heads.mul(rotary.cos()), turned, rotary.sin(), new Scalar(1.0));
    if (!whole) {
      Tensor rest = all.narrow(3, 2 * half, width - 2 * half);
      y = torch.cat(new TensorArrayRef(new TensorVector(y, rest)), 3);
    }
    return new Activation(y.view(sequences * length, x.tensor.size(1)));
  }

  /// The angles where each sequence has those of its own length.
  private Rotary varying(Rope rope) {
    return varying.computeIfAbsent(
        rope,
        any -> {
          var ropes = new Rope[(int) sequences];
          for (int b = 0; b < ropes.length; b++) {
            ropes[b] = any.at(counting(b));
          }
          Rotary rotary = Rotary.of(ropes, length);
          return new Rotary(kept(rotary.cos()), kept(rotary.sin()));
        });
  }

  @Override
  public Activation attention(
      Activation q, Activation k, Activation v, AttentionShape shape, @Nullable Slot bias) {
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
        drops(shape)
            ? dropping(
                queries, keys, values, causal && mask == null ? hidden(shape, false) : mask, shape)
            : torch.scaled_dot_product_attention(
                queries,
                keys,
                values,
                mask == null ? new TensorOptional() : new TensorOptional(mask),
                0.0,
                causal && mask == null,
                usual ? new DoubleOptional() : new DoubleOptional(shape.scale()),
                false);
    return new Activation(y.transpose(1, 2).reshape(sequences * length, heads * width));
  }

  private boolean drops(AttentionShape shape) {
    return shape.dropout() > 0 && draw != null;
  }

  /// Attention whose weights are dropped, with their [B,H,T,S] in memory: libtorch's own draws
  /// numbers that depend on threads and batches. q [B,H,T,C], k and v [B,H,S,C].
  private Tensor dropping(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, AttentionShape shape) {
    Tensor scores = torch.matmul(q.mul(new Scalar((double) shape.scale())), k.transpose(2, 3));
    Tensor weights = (mask == null ? scores : scores.add(mask)).softmax(3);
    long each = weights.numel() / sequences;
    Tensor kept =
        DropoutMask.of(
            java.util.Objects.requireNonNull(draw),
            place++,
            shape.dropout(),
            (int) sequences,
            each);
    return torch.matmul(weights.mul(kept.view_as(weights)), v);
  }

  private Tensor heads(Activation x, long heads, long width) {
    return x.tensor.view(sequences, length, heads, width);
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
      return windows.computeIfAbsent(key, _ -> kept(apart(shape)));
    }
    if (bias == null && windowed) {
      return windows.computeIfAbsent(shape.window(), _ -> kept(hidden(shape, false)));
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
    Tensor table = torch.embedding(replica.leaf(bias), Replica.longs(rows));
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
    return Replica.floats(hidden, sequences, 1, t, t);
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
    return padded ? Replica.floats(hidden, sequences, 1, 1, t) : Replica.floats(hidden, 1, 1, t, t);
  }

  @Override
  public TorchOperations source() {
    Batch.Source source = batch.source();
    if (source == null) {
      throw new IllegalArgumentException(
          "a batch without sources is nothing for an encoder-decoder");
    }
    return new TorchOperations(
        replica,
        Replica.longs(source.ids()),
        source.batch((int) sequences),
        bf16 ? Precision.BF16 : Precision.F32,
        draw,
        SOURCE_PLACES,
        blocks);
  }

  @Override
  public Activation across(
      int layer,
      Activation q,
      @Nullable Activation k,
      @Nullable Activation v,
      AttentionShape shape) {
    Batch.Source source = batch.source();
    if (source == null || k == null || v == null) {
      throw new IllegalArgumentException("keys and values of the sources are missing");
    }
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
      mask = Replica.floats(hidden, sequences, 1, 1, s);
    }
    Tensor queries = heads(q, heads, width).transpose(1, 2);
    Tensor keys = k.tensor.view(sequences, s, heads, width).transpose(1, 2);
    Tensor values = v.tensor.view(sequences, s, heads, width).transpose(1, 2);
    Tensor y =
        drops(shape)
            ? dropping(queries, keys, values, mask, shape)
            : torch.scaled_dot_product_attention(
                queries,
                keys,
                values,
                mask == null ? new TensorOptional() : new TensorOptional(mask),
                0.0,
                false,
                new DoubleOptional(shape.scale()),
                false);
    return new Activation(y.transpose(1, 2).reshape(sequences * length, heads * width));
  }

  @Override
  public Activation recurrent(
      Cell cell,
      int layer,
      Activation x,
      Slot input,
      Slot recurrent,
      Slot inputBias,
      Slot recurrentBias) {
    oneText("a recurrent layer");
    long d = replica.leaf(recurrent).size(1);
    Carried carried = draw == null ? null : replica.carried();
    long at = (long) layer * cell.states() * d;
    Tensor h = begin(carried, at, d);
    var weights =
        new TensorVector(
            replica.leaf(input),
            replica.leaf(recurrent),
            replica.leaf(inputBias),
            replica.leaf(recurrentBias));
    Tensor rows = x.tensor.view(sequences, length, x.tensor.size(1));
    if (cell == Cell.LSTM) {
      Tensor c = begin(carried, at + d, d);
      var out = torch.lstm(rows, new TensorVector(h, c), weights, true, 1, 0.0, true, false, true);
      end(carried, at, out.get1());
      end(carried, at + d, out.get2());
      return new Activation(out.get0().reshape(sequences * length, d));
    }
    var out =
        switch (cell) {
          case GRU -> torch.gru(rows, h, weights, true, 1, 0.0, true, false, true);
          case RNN_TANH -> torch.rnn_tanh(rows, h, weights, true, 1, 0.0, true, false, true);
          case RNN_RELU, LSTM -> torch.rnn_relu(rows, h, weights, true, 1, 0.0, true, false, true);
        };
    end(carried, at, out.get1());
    return new Activation(out.get0().reshape(sequences * length, d));
  }

  /// What a layer begins with: its state of the step before, or zeros.
  private Tensor begin(@Nullable Carried carried, long at, long width) {
    return carried == null || draw == null || !batch.goesOn()
        ? torch.zeros(1, sequences, width)
        : carried.begin(draw.row(), sequences, at, width);
  }

  private void end(@Nullable Carried carried, long at, Tensor state) {
    if (carried != null && draw != null) {
      carried.end(draw.row(), at, state);
    }
  }

  @Override
  public Activation recent(int layer, Activation x, int count) {
    oneText("what reads the tokens before");
    long d = x.tensor.size(1);
    Tensor rows = x.tensor.view(sequences, length, d);
    Tensor zeros = torch.zeros(sequences, count - 1L, d);
    Tensor all = torch.cat(new TensorArrayRef(new TensorVector(zeros, rows)), 1);
    var parts = new TensorVector();
    for (int i = 0; i < count; i++) {
      parts.push_back(all.narrow(1, i, length));
    }
    return new Activation(
        torch.cat(new TensorArrayRef(parts), 2).view(sequences * length, count * d));
  }

  @Override
  public Activation pool(Activation x, Pooling pooling) {
    int b = (int) sequences;
    int t = (int) length;
    if (pooling == Pooling.MEAN) {
      float[] shares = new float[b * t];
      for (int i = 0; i < shares.length; i++) {
        int count = counting(i / t);
        shares[i] = i % t < count ? 1f / count : 0;
      }
      Tensor rows = x.tensor.view(b, t, x.tensor.size(1));
      return new Activation(rows.mul(Replica.floats(shares, b, t, 1)).sum(1));
    }
    long[] rows = new long[b];
    for (int i = 0; i < b; i++) {
      rows[i] = (long) i * t + (pooling == Pooling.FIRST ? 0 : counting(i) - 1);
    }
    return new Activation(x.tensor.index_select(0, Replica.longs(rows)));
  }

  private void oneText(String who) {
    if (batch.begins().length > 0) {
      throw new IllegalArgumentException(
          who + " reads a row as one text; texts of one row cannot be kept apart");
    }
  }

  /// How many tokens of a sequence are no padding.
  private int counting(int sequence) {
    return batch.lengths().length == 0 ? (int) length : batch.lengths()[sequence];
  }
}
