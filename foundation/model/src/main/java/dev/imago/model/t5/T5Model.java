package dev.imago.model.t5;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A T5's forward pass.
///
/// *N tokens of a step, M of its sources, D width, H heads, C width of a head.*
final class T5Model<W> implements Model<W> {
  private final T5Shape shape;
  private final W shared;
  private final Stack<W> encoder;
  private final @Nullable Stack<W> decoder;
  private final @Nullable Affine<W> before;
  private final HeadLayer.Bound<W> last;

  private record Stack<W>(W bias, List<Block<W>> blocks, W norm) {}

  private record Block<W>(Self<W> self, @Nullable Across<W> across, FeedForward<W> feedForward) {}

  private record Self<W>(W norm, W qkv, W output) {}

  private record Across<W>(W norm, W queries, W keysValues, W output) {}

  private record FeedForward<W>(W norm, W up, W down) {}

  T5Model(T5Shape shape, WeightSource<W> source) {
    this.shape = shape;
    var table = new T5Table(shape);
    this.shared = source.weight(List.of(table.shared));
    this.encoder = bound(table.encoder, source);
    this.decoder = table.decoder.map(stack -> bound(stack, source)).orElse(null);
    this.before = table.before.map(layer -> layer.from(source)).orElse(null);
    this.last = table.last.from(source, shared);
  }

  private static <W> Stack<W> bound(T5Table.Stack stack, WeightSource<W> source) {
    W bias = source.weight(List.of(stack.bias()));
    var blocks = new ArrayList<Block<W>>();
    for (T5Table.Block b : stack.blocks()) {
      T5Table.Attention self = b.self();
      T5Table.Attention across = b.across().isEmpty() ? null : b.across().getFirst();
      blocks.add(
          new Block<>(
              new Self<>(
                  source.weight(List.of(self.norm())),
                  source.weight(self.queriesKeysValues()),
                  source.weight(List.of(self.output()))),
              across == null
                  ? null
                  : new Across<>(
                      source.weight(List.of(across.norm())),
                      source.weight(List.of(across.queries())),
                      source.weight(across.keysValues()),
                      source.weight(List.of(across.output()))),
              new FeedForward<>(
                  source.weight(List.of(b.feedForward().norm())),
                  source.weight(b.feedForward().up()),
                  source.weight(List.of(b.feedForward().down())))));
    }
    return new Stack<>(bias, List.copyOf(blocks), source.weight(List.of(stack.norm())));
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return last;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    float head = shape.dropout().head();
    return switch (shape.output()) {
      case Output.NextToken _, Output.MaskedToken _ -> {
        Operations<W, X> source = ops.source();
        X x = ops.gather(shared, Operations.Index.TOKEN);
        x = decode(ops, x, source, source == null ? null : encode(source));
        yield shape.scaled() ? ops.scale(x, (float) (1 / Math.sqrt(shape.width()))) : x;
      }
      case Output.Classes _ -> {
        X x = ops.dropout(ops.pool(again(ops), Operations.Pooling.LAST), head);
        X changed = ops.apply(Nonlinearity.TANH, Objects.requireNonNull(before).linear(ops, x));
        yield ops.dropout(changed, head);
      }
      case Output.Span _ -> again(ops);
      case Output.Tags _, Output.Dependencies _ -> ops.dropout(encode(ops), head);
      case Output.Embedding(Operations.Pooling pooling) -> ops.pool(encode(ops), pooling);
    };
  }

  /// The rows of the decoder [N,D] where it reads what the encoder read, one token later.
  private <X> X again(Operations<W, X> ops) {
    X encoded = encode(ops);
    return decode(ops, ops.previous(shared, shape.start()), ops, encoded);
  }

  /// The rows of the decoder [N,D].
  ///
  /// @param source what encodes: `ops` itself where the step's own tokens are the source
  private <X> X decode(
      Operations<W, X> ops, X in, @Nullable Operations<W, X> source, @Nullable X encoded) {
    Stack<W> stack = Objects.requireNonNull(decoder);
    X x = drop(ops, in);
    for (int i = 0; i < stack.blocks.size(); i++) {
      int layer = i;
      x = ops.block(x, encoded, (from, read) -> block(ops, stack, layer, from, source, read));
    }
    return drop(ops, ops.rmsNorm(x, stack.norm, shape.epsilon()));
  }

  private <X> X block(
      Operations<W, X> ops,
      Stack<W> stack,
      int layer,
      X in,
      @Nullable Operations<W, X> source,
      @Nullable X encoded) {
    Block<W> b = stack.blocks.get(layer);
    AttentionShape self =
        AttentionShape.causal(shape.heads(), shape.heads(), shape.headWidth(), layer)
            .withScale(1)
            .withBias(buckets(false))
            .withDropout(shape.dropout().attention());
    X x = ops.add(in, drop(ops, self(ops, in, b.self, self, stack.bias)));
    if (b.across != null) {
      x = ops.add(x, drop(ops, across(ops, layer, x, b.across, source, encoded)));
    }
    return ops.add(x, drop(ops, feedForward(ops, x, b.feedForward)));
  }

  /// The rows of the sources [M,D].
  private <X> X encode(Operations<W, X> ops) {
    X x = drop(ops, ops.gather(shared, Operations.Index.TOKEN));
    AttentionShape whole = whole().withBias(buckets(true));
    for (Block<W> b : encoder.blocks) {
      x =
          ops.block(
              x,
              in -> {
                X y = ops.add(in, drop(ops, self(ops, in, b.self, whole, encoder.bias)));
                return ops.add(y, drop(ops, feedForward(ops, y, b.feedForward)));
              });
    }
    return ops.block(x, in -> drop(ops, ops.rmsNorm(in, encoder.norm, shape.epsilon())));
  }

  private <X> X drop(Operations<W, X> ops, X x) {
    return ops.dropout(x, shape.dropout().residual());
  }

  /// Scores of attention are not scaled: the matrices begin that small.
  private AttentionShape whole() {
    return AttentionShape.whole(shape.heads(), shape.headWidth())
        .withScale(1)
        .withDropout(shape.dropout().attention());
  }

  private AttentionShape.Buckets buckets(boolean bothWays) {
    return new AttentionShape.Buckets(shape.buckets(), shape.furthest(), bothWays);
  }

  private <X> X self(Operations<W, X> ops, X x, Self<W> a, AttentionShape attention, W bias) {
    int q = shape.heads() * shape.headWidth();
    X qkv = ops.linear(ops.rmsNorm(x, a.norm, shape.epsilon()), a.qkv, null);
    X y =
        ops.attention(
            ops.columns(qkv, 0, q),
            ops.columns(qkv, q, q),
            ops.columns(qkv, 2 * q, q),
            attention,
            bias);
    return ops.linear(y, a.output, null);
  }

  /// @param encoded the sources that were not read before, where there are such
  private <X> X across(
      Operations<W, X> ops,
      int layer,
      X x,
      Across<W> a,
      @Nullable Operations<W, X> source,
      @Nullable X encoded) {
    int q = shape.heads() * shape.headWidth();
    X queries = ops.linear(ops.rmsNorm(x, a.norm, shape.epsilon()), a.queries, null);
    X keys = null;
    X values = null;
    if (source != null && encoded != null) {
      X keysValues = source.linear(encoded, a.keysValues, null);
      keys = source.columns(keysValues, 0, q);
      values = source.columns(keysValues, q, q);
    }
    X read =
        source == ops && keys != null && values != null
            ? ops.attention(queries, keys, values, whole(), null)
            : ops.across(layer, queries, keys, values, whole());
    return ops.linear(read, a.output, null);
  }

  private <X> X feedForward(Operations<W, X> ops, X x, FeedForward<W> f) {
    X up = ops.linear(ops.rmsNorm(x, f.norm, shape.epsilon()), f.up, null);
    X active = shape.gated() ? ops.gated(shape.function(), up) : ops.apply(shape.function(), up);
    return ops.linear(drop(ops, active), f.down, null);
  }
}
