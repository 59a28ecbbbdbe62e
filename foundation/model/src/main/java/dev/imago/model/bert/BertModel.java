package dev.imago.model.bert;

import dev.imago.model.Head;
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
  private final Head<W> head;

  private record Affine<W>(W weight, W bias) {}

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
    this.norm = affine(source, table.norm);
    for (BertTable.Layer l : table.layers) {
      blocks.add(
          new Block<>(
              affine(source, l.qkv()),
              affine(source, l.output()),
              affine(source, l.attentionNorm()),
              affine(source, l.up()),
              affine(source, l.down()),
              affine(source, l.norm())));
    }
    table.before.forEach(a -> before.add(affine(source, a)));
    this.head =
        new Head<>(
            table.head.tied() ? tokens : source.weight(List.of(table.head)),
            source.weight(List.of(table.headBias)));
  }

  private static <W> Affine<W> affine(WeightSource<W> source, BertTable.Affine a) {
    return new Affine<>(source.weight(a.weight()), source.weight(a.bias()));
  }

  @Override
  public Head<W> head() {
    return head;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ops.add(ops.gather(tokens, Index.TOKEN), ops.gather(positions, Index.POSITION));
    x = norm(ops, ops.add(x, ops.gather(segments, Index.SEGMENT)), norm);
    for (Block<W> b : blocks) {
      X attended = linear(ops, attention(ops, x, b), b.output);
      x = norm(ops, ops.add(x, attended), b.attentionNorm);
      X up = ops.apply(shape.function(), linear(ops, x, b.up));
      x = norm(ops, ops.add(x, linear(ops, up, b.down)), b.norm);
    }
    return switch (shape.output()) {
      case Output.MaskedToken _, Output.NextToken _ ->
          norm(
              ops,
              ops.apply(shape.function(), linear(ops, x, before.getFirst())),
              before.getLast());
      case Output.Classes _ ->
          ops.apply(
              Nonlinearity.TANH,
              linear(ops, ops.pool(x, Operations.Pooling.FIRST), before.getFirst()));
      case Output.Tags _ -> x;
    };
  }

  private <X> X attention(Operations<W, X> ops, X x, Block<W> b) {
    int d = shape.width();
    X qkv = linear(ops, x, b.qkv);
    return ops.attention(
        ops.columns(qkv, 0, d),
        ops.columns(qkv, d, d),
        ops.columns(qkv, 2 * d, d),
        AttentionShape.whole(shape.heads(), d / shape.heads()),
        null);
  }

  private <X> X norm(Operations<W, X> ops, X x, Affine<W> a) {
    return ops.layerNorm(x, a.weight, a.bias, shape.epsilon());
  }

  private static <W, X> X linear(Operations<W, X> ops, X x, Affine<W> a) {
    return ops.linear(x, a.weight, a.bias);
  }
}
