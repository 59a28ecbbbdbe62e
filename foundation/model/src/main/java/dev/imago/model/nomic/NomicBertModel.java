package dev.imago.model.nomic;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import dev.imago.tensor.Rope;
import java.util.ArrayList;
import java.util.List;

/// A Nomic BERT's forward pass.
///
/// *N tokens of a step, B its sequences, D width.*
final class NomicBertModel<W> implements Model<W> {
  private final NomicBertShape shape;
  private final Rope rope;
  private final W tokens;
  private final W segments;
  private final Affine<W> norm;
  private final List<Block<W>> blocks = new ArrayList<>();
  private final List<Affine<W>> before = new ArrayList<>();
  private final HeadLayer.Bound<W> last;

  private record Block<W>(
      W qkv, W output, Affine<W> attentionNorm, W gateUp, W down, Affine<W> norm) {}

  NomicBertModel(NomicBertShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.rope = shape.rope();
    var table = new NomicBertTable(shape);
    this.tokens = source.weight(List.of(table.tokens));
    this.segments = source.weight(List.of(table.segments));
    this.norm = table.norm.from(source);
    for (NomicBertTable.Layer l : table.layers) {
      blocks.add(
          new Block<>(
              source.weight(l.qkv()),
              source.weight(List.of(l.output())),
              l.attentionNorm().from(source),
              source.weight(l.gateUp()),
              source.weight(List.of(l.down())),
              l.norm().from(source)));
    }
    table.before.forEach(a -> before.add(a.from(source)));
    this.last = table.last.from(source, tokens);
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return last;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ops.add(ops.gather(tokens, Index.TOKEN), ops.gather(segments, Index.SEGMENT));
    x = ops.dropout(norm.norm(ops, x, shape.epsilon()), shape.dropout().embedding());
    for (Block<W> b : blocks) {
      x = ops.block(x, in -> block(ops, in, b));
    }
    float head = shape.dropout().head();
    return switch (shape.output()) {
      case Output.MaskedToken _, Output.NextToken _ -> {
        X changed = ops.apply(shape.function(), before.getFirst().linear(ops, x));
        yield before.getLast().norm(ops, changed, shape.epsilon());
      }
      case Output.Classes _ -> {
        X first = ops.pool(x, Operations.Pooling.FIRST);
        X pooled = ops.apply(Nonlinearity.TANH, before.getFirst().linear(ops, first));
        yield ops.dropout(pooled, head);
      }
      case Output.Tags _, Output.Dependencies _ -> ops.dropout(x, head);
      case Output.Span _ -> x;
      case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
    };
  }

  private <X> X block(Operations<W, X> ops, X in, Block<W> b) {
    float rate = shape.dropout().residual();
    X attended = ops.dropout(ops.linear(attention(ops, in, b), b.output, null), rate);
    X x = b.attentionNorm.norm(ops, ops.add(in, attended), shape.epsilon());
    X gated = ops.gated(shape.function(), ops.linear(x, b.gateUp, null));
    X down = ops.dropout(ops.linear(gated, b.down, null), rate);
    return b.norm.norm(ops, ops.add(x, down), shape.epsilon());
  }

  private <X> X attention(Operations<W, X> ops, X x, Block<W> b) {
    int d = shape.width();
    X qkv = ops.linear(x, b.qkv, null);
    return ops.attention(
        ops.rotate(ops.columns(qkv, 0, d), rope),
        ops.rotate(ops.columns(qkv, d, d), rope),
        ops.columns(qkv, 2 * d, d),
        AttentionShape.whole(shape.heads(), d / shape.heads())
            .withDropout(shape.dropout().attention()),
        null);
  }
}
