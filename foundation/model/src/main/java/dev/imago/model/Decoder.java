package dev.imago.model;

import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// A Llama-style decoder (pre-norm, rotary positions, grouped-query attention, SwiGLU, tied or free
/// output matrix), written once for every backend. Touvron et al. 2023, arXiv:2307.09288.
///
/// *N tokens of a step, D width, F feed-forward width, V vocabulary.*
///
/// @param <W> the backend's weight
public final class Decoder<W> {
  private final DecoderConfig config;
  private final AttentionShape attention;
  private final W embedding;
  private final List<Block<W>> blocks;
  private final W norm;
  private final W head;

  private record Block<W>(W inputNorm, W qkv, W output, W postAttentionNorm, W gateUp, W down) {}

  /// @param rotary the order of the rows of queries and keys in the source
  public Decoder(DecoderConfig config, AttentionShape.Rotary rotary, WeightSource<W> source) {
    this.config = config;
    this.attention = config.attention(rotary);
    int d = config.width();
    this.embedding = matrix(source, "model.embed_tokens.weight", config.vocabularySize(), d);
    var built = new ArrayList<Block<W>>();
    for (int i = 0; i < config.layers(); i++) {
      built.add(block(config, source, "model.layers." + i + "."));
    }
    this.blocks = List.copyOf(built);
    this.norm = vector(source, "model.norm.weight", d);
    this.head =
        config.tied() ? embedding : matrix(source, "lm_head.weight", config.vocabularySize(), d);
  }

  private static <W> Block<W> block(DecoderConfig config, WeightSource<W> source, String prefix) {
    int d = config.width();
    int q = config.heads() * config.headWidth();
    int kv = config.kvHeads() * config.headWidth();
    int f = config.feedForward();
    String attention = prefix + "self_attn.";
    String mlp = prefix + "mlp.";
    return new Block<>(
        vector(source, prefix + "input_layernorm.weight", d),
        source.weight(
            List.of(
                attention + "q_proj.weight",
                attention + "k_proj.weight",
                attention + "v_proj.weight"),
            List.of(q, kv, kv),
            d),
        matrix(source, attention + "o_proj.weight", d, q),
        vector(source, prefix + "post_attention_layernorm.weight", d),
        source.weight(List.of(mlp + "gate_proj.weight", mlp + "up_proj.weight"), List.of(f, f), d),
        matrix(source, mlp + "down_proj.weight", d, f));
  }

  private static <W> W matrix(WeightSource<W> source, String name, int rows, int columns) {
    return source.weight(List.of(name), List.of(rows), columns);
  }

  private static <W> W vector(WeightSource<W> source, String name, int length) {
    return source.weight(List.of(name), List.of(length), 0);
  }

  public DecoderConfig config() {
    return config;
  }

  /// The output matrix [V,D]: the embedding where the two are tied.
  public W head() {
    return head;
  }

  /// The step's tokens through all blocks and the last norm → [N,D].
  public <X> X hidden(Operations<W, X> ops) {
    X x = ops.embedding(embedding);
    for (int i = 0; i < blocks.size(); i++) {
      Block<W> block = blocks.get(i);
      X normed = ops.rmsNorm(x, block.inputNorm(), config.epsilon());
      X attended = ops.attention(i, ops.linear(normed, block.qkv()), attention);
      x = ops.add(x, ops.linear(attended, block.output()));
      normed = ops.rmsNorm(x, block.postAttentionNorm(), config.epsilon());
      x = ops.add(x, ops.linear(ops.swiGlu(ops.linear(normed, block.gateUp())), block.down()));
    }
    return ops.rmsNorm(x, norm, config.epsilon());
  }

  /// Scores of every next token: hidden [N,D] → [N,V].
  public <X> X logits(Operations<W, X> ops, X hidden) {
    return ops.linear(hidden, head);
  }
}
