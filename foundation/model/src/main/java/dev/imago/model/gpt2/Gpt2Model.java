package dev.imago.model.gpt2;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.util.ArrayList;
import java.util.List;

/// A GPT-2's forward pass.
///
/// *N tokens of a step, D width, F feed-forward width.*
final class Gpt2Model<W> implements Model<W> {
  private final Gpt2Shape shape;
  private final W tokens;
  private final W positions;
  private final List<Block<W>> blocks = new ArrayList<>();
  private final Affine<W> norm;
  private final HeadLayer.Bound<W> last;

  private record Block<W>(
      AttentionShape attention,
      Affine<W> attentionNorm,
      Affine<W> qkv,
      Affine<W> output,
      Affine<W> norm,
      Affine<W> up,
      Affine<W> down) {}

  Gpt2Model(Gpt2Shape shape, WeightSource<W> source) {
    this.shape = shape;
    var table = new Gpt2Table(shape);
    this.tokens = source.weight(List.of(table.tokens));
    this.positions = source.weight(List.of(table.positions));
    for (Gpt2Table.Layer l : table.layers) {
      int width = shape.width() / shape.heads();
      blocks.add(
          new Block<>(
              AttentionShape.causal(shape.heads(), shape.heads(), width, blocks.size())
                  .withDropout(shape.dropout().attention()),
              l.attentionNorm().from(source),
              l.qkv().from(source),
              l.output().from(source),
              l.norm().from(source),
              l.up().from(source),
              l.down().from(source)));
    }
    this.norm = table.norm.from(source);
    this.last = table.last.from(source, tokens);
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return last;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    float epsilon = shape.epsilon();
    X x = ops.add(ops.gather(tokens, Index.TOKEN), ops.gather(positions, Index.POSITION));
    x = ops.dropout(x, shape.dropout().embedding());
    for (Block<W> each : blocks) {
      x = ops.block(x, in -> block(ops, each, in));
    }
    x = norm.norm(ops, x, epsilon);
    return switch (shape.output()) {
      case Output.Classes _ -> ops.pool(x, Operations.Pooling.LAST);
      case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
      case Output.Tags _, Output.Dependencies _ -> ops.dropout(x, shape.dropout().head());
      case Output.NextToken _, Output.MaskedToken _, Output.Span _ -> x;
    };
  }

  private <X> X block(Operations<W, X> ops, Block<W> b, X in) {
    int d = shape.width();
    float epsilon = shape.epsilon();
    float rate = shape.dropout().residual();
    X x = in;
    X qkv = b.qkv.linear(ops, b.attentionNorm.norm(ops, x, epsilon));
    X attended =
        ops.attention(
            ops.columns(qkv, 0, d),
            ops.columns(qkv, d, d),
            ops.columns(qkv, 2 * d, d),
            b.attention,
            null);
    x = ops.add(x, ops.dropout(b.output.linear(ops, attended), rate));
    X up = b.up.linear(ops, b.norm.norm(ops, x, epsilon));
    X down = b.down.linear(ops, ops.apply(shape.function(), up));
    x = ops.add(x, ops.dropout(down, rate));
    return x;
  }
}
