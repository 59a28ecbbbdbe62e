package dev.imago.model.llama;

import dev.imago.model.DecoderEnds;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.Parameter;
import dev.imago.model.WeightSource;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Rope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Llama's forward pass.
///
/// *N tokens of a step, D width, H query heads, K key–value heads, C width of a head, F
/// feed-forward width.*
final class LlamaModel<W> implements Model<W> {
  private final LlamaShape shape;
  private final Rope rope;
  private final DecoderEnds.Bound<W> ends;
  private final List<Block<W>> blocks = new ArrayList<>();

  /// Of queries and keys.
  private record HeadNorms<W>(W queries, W keys) {}

  private record Block<W>(
      AttentionShape attention,
      W inputNorm,
      W qkv,
      @Nullable W qkvBias,
      @Nullable HeadNorms<W> headNorms,
      W output,
      @Nullable W outputBias,
      W postAttentionNorm,
      W gateUp,
      @Nullable W gateUpBias,
      W down,
      @Nullable W downBias) {}

  LlamaModel(LlamaShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.rope = shape.rope(source.form());
    var table = new LlamaTable(shape);
    this.ends = table.ends.from(source);
    for (LlamaTable.Layer l : table.layers) {
      int layer = blocks.size();
      blocks.add(
          new Block<>(
              AttentionShape.causal(shape.heads(), shape.kvHeads(), shape.headWidth(), layer)
                  .withWindow(shape.windows().of(layer))
                  .withDropout(shape.dropout().attention()),
              source.weight(List.of(l.inputNorm())),
              source.weight(l.qkv()),
              optional(source, l.qkvBias()),
              l.headNorms().isEmpty()
                  ? null
                  : new HeadNorms<>(
                      source.weight(List.of(l.headNorms().getFirst())),
                      source.weight(List.of(l.headNorms().getLast()))),
              source.weight(List.of(l.output())),
              optional(source, l.outputBias()),
              source.weight(List.of(l.postAttentionNorm())),
              source.weight(l.gateUp()),
              optional(source, l.gateUpBias()),
              source.weight(List.of(l.down())),
              optional(source, l.downBias())));
    }
  }

  private static <W> @Nullable W optional(WeightSource<W> source, List<Parameter> parts) {
    return parts.isEmpty() ? null : source.weight(parts);
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return ends.last();
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ends.embed(ops);
    for (Block<W> each : blocks) {
      x = ops.block(x, in -> block(ops, each, in));
    }
    x = ops.rmsNorm(x, ends.norm(), shape.epsilon());
    return ends.rows(ops, x, shape.output(), shape.dropout().head());
  }

  private <X> X block(Operations<W, X> ops, Block<W> b, X in) {
    X x = in;
    X normed = ops.rmsNorm(x, b.inputNorm, shape.epsilon());
    X attended = ops.linear(attention(ops, normed, b), b.output, b.outputBias);
    x = ops.add(x, ops.dropout(attended, shape.dropout().residual()));
    normed = ops.rmsNorm(x, b.postAttentionNorm, shape.epsilon());
    X gated = ops.gated(Nonlinearity.SILU, ops.linear(normed, b.gateUp, b.gateUpBias));
    X down = ops.linear(gated, b.down, b.downBias);
    x = ops.add(x, ops.dropout(down, shape.dropout().residual()));
    return x;
  }

  /// x [N,D] → [N,H·C].
  private <X> X attention(Operations<W, X> ops, X x, Block<W> b) {
    int q = shape.heads() * shape.headWidth();
    int kv = shape.kvHeads() * shape.headWidth();
    X qkv = ops.linear(x, b.qkv, b.qkvBias);
    X queries;
    X keys;
    if (b.headNorms == null) {
      X turned = ops.rotate(ops.columns(qkv, 0, q + kv), rope);
      queries = ops.columns(turned, 0, q);
      keys = ops.columns(turned, q, kv);
    } else {
      HeadNorms<W> norms = b.headNorms;
      queries = ops.rmsNorm(ops.columns(qkv, 0, q), norms.queries, shape.epsilon());
      keys = ops.rmsNorm(ops.columns(qkv, q, kv), norms.keys, shape.epsilon());
      queries = ops.rotate(queries, rope);
      keys = ops.rotate(keys, rope);
    }
    return ops.attention(queries, keys, ops.columns(qkv, q + kv, kv), b.attention, null);
  }
}
