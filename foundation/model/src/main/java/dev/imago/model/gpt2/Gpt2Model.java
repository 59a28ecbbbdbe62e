package dev.imago.model.gpt2;

import dev.imago.model.Head;
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
  private final Head<W> head;

  private record Affine<W>(W weight, W bias) {}

  private record Block<W>(
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
      blocks.add(
          new Block<>(
              affine(source, l.attentionNorm()),
              affine(source, l.qkv()),
              affine(source, l.output()),
              affine(source, l.norm()),
              affine(source, l.up()),
              affine(source, l.down())));
    }
    this.norm = affine(source, table.norm);
    this.head =
        new Head<>(
            table.head.tied() ? tokens : source.weight(List.of(table.head)),
            table.headBias.isEmpty() ? null : source.weight(table.headBias));
  }

  private static <W> Affine<W> affine(WeightSource<W> source, Gpt2Table.Affine a) {
    return new Affine<>(source.weight(List.of(a.weight())), source.weight(List.of(a.bias())));
  }

  @Override
  public Head<W> head() {
    return head;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    int d = shape.width();
    X x = ops.add(ops.gather(tokens, Index.TOKEN), ops.gather(positions, Index.POSITION));
    for (int i = 0; i < blocks.size(); i++) {
      Block<W> b = blocks.get(i);
      X qkv = linear(ops, norm(ops, x, b.attentionNorm), b.qkv);
      X attended =
          ops.attention(
              ops.columns(qkv, 0, d),
              ops.columns(qkv, d, d),
              ops.columns(qkv, 2 * d, d),
              AttentionShape.causal(shape.heads(), shape.heads(), d / shape.heads(), i),
              null);
      x = ops.add(x, linear(ops, attended, b.output));
      X up = linear(ops, norm(ops, x, b.norm), b.up);
      x = ops.add(x, linear(ops, ops.apply(shape.function(), up), b.down));
    }
    x = norm(ops, x, norm);
    return shape.output() instanceof Output.Classes ? ops.pool(x, Operations.Pooling.LAST) : x;
  }

  private <X> X norm(Operations<W, X> ops, X x, Affine<W> a) {
    return ops.layerNorm(x, a.weight, a.bias, shape.epsilon());
  }

  private static <W, X> X linear(Operations<W, X> ops, X x, Affine<W> a) {
    return ops.linear(x, a.weight, a.bias);
  }
}
