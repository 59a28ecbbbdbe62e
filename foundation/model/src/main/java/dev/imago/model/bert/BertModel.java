package dev.imago.model.bert;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.util.ArrayList;
import java.util.List;

/// A BERT's forward pass.
///
/// *N tokens of a step, B its sequences, D width.*
final class BertModel<W> implements Model<W> {
  private final BertShape shape;
  private final W tokens;
  private final W positions;
  private final W segments;
  private final Affine<W> norm;
  private final List<Block<W>> blocks = new ArrayList<>();
  private final List<Affine<W>> before = new ArrayList<>();
  private final HeadLayer.Bound<W> last;

  private record Block<W>(
      Affine<W> qkv,
      Affine<W> output,
      Affine<W> attentionNorm,
      Affine<W> up,
      Affine<W> down,
      Affine<W> norm) {}

  BertModel(BertShape shape, WeightSource<W> source) {
    this.shape = shape;
    var table = new BertTable(shape);
    this.tokens = source.weight(List.of(table.tokens));
    this.positions = source.weight(List.of(table.positions));
    this.segments = source.weight(List.of(table.segments));
    this.norm = table.norm.from(source);
    for (BertTable.Layer l : table.layers) {
      blocks.add(
          new Block<>(
              l.qkv().from(source),
              l.output().from(source),
              l.attentionNorm().from(source),
              l.up().from(source),
              l.down().from(source),
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
    float epsilon = shape.epsilon();
    X x =
        ops.add(
            ops.gather(tokens, Index.TOKEN),
            ops.gather(positions, Index.POSITION, shape.firstPosition()));
    x = norm.norm(ops, ops.add(x, ops.gather(segments, Index.SEGMENT)), epsilon);
    x = ops.dropout(x, shape.dropout().embedding());
    float head = shape.dropout().head();
    for (Block<W> b : blocks) {
      x = ops.block(x, in -> block(ops, in, b));
    }
    return switch (shape.output()) {
      case Output.MaskedToken _, Output.NextToken _ -> {
        X changed = ops.apply(shape.headFunction(), before.getFirst().linear(ops, x));
        yield before.getLast().norm(ops, changed, epsilon);
      }
      case Output.Classes _ -> {
        X first = ops.pool(x, Operations.Pooling.FIRST);
        // RoBERTa's head drops before its first layer, too.
        X read = shape.kind() == BertShape.Kind.ROBERTA ? ops.dropout(first, head) : first;
        yield ops.dropout(ops.apply(Nonlinearity.TANH, before.getFirst().linear(ops, read)), head);
      }
      case Output.Tags _, Output.Dependencies _ -> ops.dropout(x, head);
      case Output.Span _ -> x;
      case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
    };
  }

  private <X> X block(Operations<W, X> ops, X in, Block<W> b) {
    float epsilon = shape.epsilon();
    float rate = shape.dropout().residual();
    X x = in;
    X attended = ops.dropout(b.output.linear(ops, attention(ops, x, b)), rate);
    x = b.attentionNorm.norm(ops, ops.add(x, attended), epsilon);
    X up = ops.apply(shape.function(), b.up.linear(ops, x));
    X down = ops.dropout(b.down.linear(ops, up), rate);
    x = b.norm.norm(ops, ops.add(x, down), epsilon);
    return x;
  }

  private <X> X attention(Operations<W, X> ops, X x, Block<W> b) {
    int d = shape.width();
    X qkv = b.qkv.linear(ops, x);
    return ops.attention(
        ops.columns(qkv, 0, d),
        ops.columns(qkv, d, d),
        ops.columns(qkv, 2 * d, d),
        AttentionShape.whole(shape.heads(), d / shape.heads())
            .withDropout(shape.dropout().attention()),
        null);
  }
}
