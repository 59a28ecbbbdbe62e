package dev.imago.model.gemma;

import dev.imago.model.DecoderEnds;
import dev.imago.model.Form;
import dev.imago.model.Head;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Rope;
import java.util.ArrayList;
import java.util.List;

/// A Gemma's forward pass.
///
/// *N tokens of a step, D width, H query heads, K key–value heads, C width of a head.*
final class GemmaModel<W> implements Model<W> {
  private final GemmaShape shape;

  /// What is added to the norms' weights: GGUF's have it already.
  private final float more;

  private final Rope rope;
  private final Rope localRope;
  private final DecoderEnds.Bound<W> ends;
  private final List<Block<W>> blocks = new ArrayList<>();

  private record Block<W>(
      AttentionShape attention,
      W inputNorm,
      W qkv,
      W queryNorm,
      W keyNorm,
      W output,
      W postAttentionNorm,
      W preFeedForwardNorm,
      W gateUp,
      W down,
      W postFeedForwardNorm) {}

  GemmaModel(GemmaShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.more = source.form() == Form.GGUF ? 0 : 1;
    this.rope = shape.rope();
    this.localRope = shape.localRope();
    var table = new GemmaTable(shape);
    this.ends = table.ends.from(source);
    for (GemmaTable.Layer l : table.layers) {
      int layer = blocks.size();
      blocks.add(
          new Block<>(
              AttentionShape.causal(shape.heads(), shape.kvHeads(), shape.headWidth(), layer)
                  .withScale((float) (1 / Math.sqrt(shape.queryScalar())))
                  .withWindow(shape.windows().of(layer))
                  .withDropout(shape.dropout().attention()),
              source.weight(List.of(l.inputNorm())),
              source.weight(l.qkv()),
              source.weight(List.of(l.queryNorm())),
              source.weight(List.of(l.keyNorm())),
              source.weight(List.of(l.output())),
              source.weight(List.of(l.postAttentionNorm())),
              source.weight(List.of(l.preFeedForwardNorm())),
              source.weight(l.gateUp()),
              source.weight(List.of(l.down())),
              source.weight(List.of(l.postFeedForwardNorm()))));
    }
  }

  @Override
  public HeadLayer.Bound<W> last() {
    if (!(shape.output() instanceof Output.NextToken)) {
      return ends.last();
    }
    Head<W> head = ends.last().head();
    return new HeadLayer.Bound<>(
        new Head<>(head.weight(), head.bias(), shape.softCap()), ends.last().readout());
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ends.embed(ops);
    x = ops.scale(x, (float) Math.sqrt(shape.width()));
    for (Block<W> each : blocks) {
      x = ops.block(x, in -> block(ops, each, in));
    }
    x = norm(ops, x, ends.norm());
    return ends.rows(ops, x, shape.output(), shape.dropout().head());
  }

  private <X> X block(Operations<W, X> ops, Block<W> b, X in) {
    X x = in;
    X attended = attention(ops, norm(ops, x, b.inputNorm), b);
    attended = ops.linear(attended, b.output, null);
    x = ops.add(x, norm(ops, attended, b.postAttentionNorm));
    X gateUp = ops.linear(norm(ops, x, b.preFeedForwardNorm), b.gateUp, null);
    X down = ops.linear(ops.gated(Nonlinearity.GELU_TANH, gateUp), b.down, null);
    x = ops.add(x, norm(ops, down, b.postFeedForwardNorm));
    return x;
  }

  private <X> X norm(Operations<W, X> ops, X x, W weight) {
    return ops.rmsNorm(x, weight, shape.epsilon(), more);
  }

  /// x [N,D] → [N,H·C].
  private <X> X attention(Operations<W, X> ops, X x, Block<W> b) {
    int q = shape.heads() * shape.headWidth();
    int kv = shape.kvHeads() * shape.headWidth();
    Rope turns = b.attention.window() > 0 ? localRope : rope;
    X qkv = ops.linear(x, b.qkv, null);
    return ops.attention(
        ops.rotate(norm(ops, ops.columns(qkv, 0, q), b.queryNorm), turns),
        ops.rotate(norm(ops, ops.columns(qkv, q, kv), b.keyNorm), turns),
        ops.columns(qkv, q + kv, kv),
        b.attention,
        null);
  }
}
