// Past 400 lines: the operations of one interface, a method each.
package dev.imago.torch;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Rope;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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
  private final PassDropout dropout;
  private final TorchAttention attention;
  private final TorchRecurrence recurrence;
  private final @Nullable Draw draw;
  private final @Nullable Recomputation blocks;
  private final @Nullable HiddenStates states;
  private final @Nullable LearnedTokens virtual;

  /// @param ids [B·T] of int64, without virtual tokens
  /// @param batch with them
  /// @param blocks computes blocks again on the way back; null where all is kept
  /// @param states is told what each block gave; null where nobody asks
  /// @param virtual what is learned before each sequence; null for nothing
  TorchOperations(
      Replica replica,
      Tensor ids,
      Batch batch,
      Precision precision,
      @Nullable Recomputation blocks,
      @Nullable HiddenStates states,
      @Nullable LearnedTokens virtual) {
    this(replica, ids, batch, precision, batch.draw(), 0, blocks, states, virtual);
  }

  private TorchOperations(
      Replica replica,
      Tensor ids,
      Batch batch,
      Precision precision,
      @Nullable Draw draw,
      int firstPlace,
      @Nullable Recomputation blocks,
      @Nullable HiddenStates states,
      @Nullable LearnedTokens virtual) {
    this.virtual = virtual;
    this.blocks = blocks;
    this.states = states;
    this.draw = draw;
    this.dropout = new PassDropout(draw, firstPlace, replica.place());
    this.attention = new TorchAttention(replica, batch, dropout, blocks);
    this.recurrence = new TorchRecurrence(replica, batch, draw);
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
          case TOKEN -> {
            Tensor x = embedded(table, t, ids, from);
            yield virtual == null
                ? x
                : virtual.embedded(replica.leaf(virtual.slot()), x, sequences);
          }
          case POSITION -> {
            if (length > t.size(0) - from) {
              throw new IllegalArgumentException(
                  "sequences of %d are longer than the %d positions of the model"
                      .formatted(length, t.size(0) - from));
            }
            yield batch.begins().length == 0
                ? t.narrow(0, from, length).repeat(sequences, 1)
                : torch.embedding(t, replica.place().longs(places(from)));
          }
          case SEGMENT ->
              batch.segments().length == 0
                  ? t.narrow(0, from, 1).expand(sequences * length, t.size(1))
                  : torch.embedding(t, replica.place().longs(segments(t.size(0), from)));
        });
  }

  @Override
  public Activation previous(Slot table, int first) {
    int[] own = batch.ids();
    int[] begins = batch.begins();
    long[] before = new long[own.length];
    for (int i = 0; i < own.length; i++) {
      long place = i % length;
      boolean begin = place == (begins.length == 0 ? 0 : begins[i]);
      before[i] = begin ? first : own[i - 1];
    }
    return new Activation(embedded(table, replica.leaf(table), replica.place().longs(before), 0));
  }

  /// The table's row of each id; of those that train themselves, the learned one.
  private Tensor embedded(Slot table, Tensor t, Tensor ids, int from) {
    Tensor x = torch.embedding(t, from == 0 ? ids : ids.add(new Scalar((long) from)));
    if (!(table.adapter() instanceof Adapter.Rows(List<Integer> learned, Slot rows))) {
      return x;
    }
    var order = new HashMap<Long, Integer>();
    learned.forEach(id -> order.put((long) id - from, order.size()));
    long[] all = Libtorch.longs(ids);
    long[] places =
        IntStream.range(0, all.length)
            .filter(i -> order.containsKey(all[i]))
            .asLongStream()
            .toArray();
    if (places.length == 0) {
      return x;
    }
    long[] which = Arrays.stream(places).map(i -> order.get(all[(int) i])).toArray();
    Tensor own = torch.embedding(replica.leaf(rows), replica.place().longs(which));
    return x.index_copy(0, replica.place().longs(places), own);
  }

  /// Each id's text; one where the model knows no second, as RoBERTa.
  private long[] segments(long rows, int from) {
    return Arrays.stream(batch.segments())
        .mapToLong(segment -> Math.min(segment + from, rows - 1))
        .toArray();
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
    Adapter adapter = weight.adapter();
    if (adapter != null) {
      return new Activation(new AdaptedProduct(replica, this).of(x.tensor, weight, adapter, b));
    }
    Tensor w = replica.leaf(weight);
    boolean apart = bf16 || replica.threads() > 1; // the bias is added by itself
    Tensor y =
        b == null || apart
            ? product(x.tensor, w)
            : torch.linear(x.tensor, w, new TensorOptional(b));
    Replica.done(weight, w);
    return new Activation(b != null && apart ? y.add(b) : y);
  }

  /// What a product multiplies: x, rounded where the pass is of BF16.
  Tensor operand(Tensor x) {
    return bf16 ? x.to(ScalarType.BFloat16) : x;
  }

  /// x · wᵀ, in the precision of the pass.
  Tensor product(Tensor x, Tensor w) {
    if (!bf16) {
      return Products.linear(x, w, replica.threads());
    }
    Tensor halved = w.to(ScalarType.BFloat16);
    Tensor y = torch.linear(operand(x), halved).to(ScalarType.Float);
    halved.close(); // what the way back needs of it stays
    return y;
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

  static Tensor apply(Nonlinearity function, Tensor x) {
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

  /// What this pass drops.
  PassDropout dropout() {
    return dropout;
  }

  @Override
  public Activation block(Activation x, UnaryOperator<Activation> body) {
    Activation y =
        blocks == null
            ? body.apply(x)
            : new Activation(
                blocks.run(
                    this,
                    List.of(x.tensor),
                    in -> body.apply(new Activation(in.getFirst())).tensor));
    return states == null ? y : new Activation(states.passed(y.tensor));
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

  @Override
  public Activation dropout(Activation x, float rate, boolean locked) {
    if (!dropout.drops(rate)) {
      return x;
    }
    long columns = x.tensor.size(1);
    long rows = x.tensor.size(0) / sequences;
    if (locked) {
      Tensor mask = dropout.mask(rate, sequences, columns);
      return new Activation(
          x.tensor
              .view(sequences, rows, columns)
              .mul(mask.view(sequences, 1, columns))
              .view(sequences * rows, columns));
    }
    Tensor mask = dropout.mask(rate, sequences, rows * columns);
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
          Rotary rotary = Rotary.of(ropes, length, replica.place());
          return new Rotary(
              Recomputation.kept(blocks, rotary.cos()), Recomputation.kept(blocks, rotary.sin()));
        });
  }

  @Override
  public Activation attention(
      Activation q, Activation k, Activation v, AttentionShape shape, @Nullable Slot bias) {
    if (virtual == null || !virtual.keys()) {
      return new Activation(attention.within(q.tensor, k.tensor, v.tensor, shape, bias));
    }
    Tensor learned = replica.leaf(virtual.slot());
    int layer = shape.cache().orElseThrow();
    return new Activation(
        attention.within(
            q.tensor,
            virtual.placed(learned, k.tensor, sequences, 2 * layer),
            virtual.placed(learned, v.tensor, sequences, 2 * layer + 1),
            shape,
            bias));
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
        replica.place().longs(source.ids()),
        source.batch((int) sequences),
        bf16 ? Precision.BF16 : Precision.F32,
        draw,
        SOURCE_PLACES,
        blocks,
        null,
        null);
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
    return new Activation(attention.across(q.tensor, k.tensor, v.tensor, source, shape));
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
    return new Activation(
        recurrence.layer(cell, layer, x.tensor, input, recurrent, inputBias, recurrentBias));
  }

  @Override
  public Activation recent(int layer, Activation x, int count) {
    oneText("what reads the tokens before");
    long d = x.tensor.size(1);
    Tensor rows = x.tensor.view(sequences, length, d);
    Tensor zeros = replica.place().zeros(sequences, count - 1L, d);
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
      return new Activation(rows.mul(replica.place().floats(shares, b, t, 1)).sum(1));
    }
    long[] rows = new long[b];
    for (int i = 0; i < b; i++) {
      rows[i] = (long) i * t + (pooling == Pooling.FIRST ? 0 : counting(i) - 1);
    }
    return new Activation(x.tensor.index_select(0, replica.place().longs(rows)));
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
