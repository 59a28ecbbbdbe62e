package dev.imago.model.llama;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.DecoderEnds;
import dev.imago.model.Initialisation;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The table of a Llama's parameters. Weights begin normal with deviation 0.02, those that write
/// into the residual stream 0.02 / √(2 · layers), norms 1, biases 0. Radford et al. 2019 (GPT-2).
final class LlamaTable {
  final DecoderEnds ends;
  final List<Layer> layers = new ArrayList<>();

  /// A block. Biases, and the norms of queries and keys, are empty lists where there are none.
  record Layer(
      Parameter inputNorm,
      List<Parameter> qkv,
      List<Parameter> qkvBias,
      List<Parameter> headNorms,
      Parameter output,
      List<Parameter> outputBias,
      Parameter postAttentionNorm,
      List<Parameter> gateUp,
      List<Parameter> gateUpBias,
      Parameter down,
      List<Parameter> downBias) {}

  LlamaTable(LlamaShape s) {
    var usual = new Initialisation.Normal(0.02);
    var residual = new Initialisation.Normal(0.02 / Math.sqrt(2.0 * s.layers()));
    int d = s.width();
    int q = s.heads() * s.headWidth();
    int kv = s.kvHeads() * s.headWidth();
    int f = s.feedForward();
    // Llama's rows of queries and keys lie in pairs in GGUF; others' do not.
    int pairs = s.kind().pairs() ? s.headWidth() : 0;
    boolean fused = s.kind() == LlamaShape.Kind.PHI3;
    boolean headNorms = s.kind() == LlamaShape.Kind.QWEN3;
    for (int i = 0; i < s.layers(); i++) {
      String hf = "model.layers." + i + ".";
      String at = hf + "self_attn.";
      String mlp = hf + "mlp.";
      String blk = "blk." + i + ".";
      boolean inputs = s.bias() != LlamaShape.Bias.NONE;
      boolean all = s.bias() == LlamaShape.Bias.ALL;
      layers.add(
          new Layer(
              vector(hf + "input_layernorm.weight", d, Initialisation.ONES)
                  .gguf(blk + "attn_norm.weight"),
              fused
                  ? List.of(
                      matrix(at + "qkv_proj.weight", q + 2 * kv, d, usual)
                          .gguf(blk + "attn_qkv.weight"))
                  : List.of(
                      matrix(at + "q_proj.weight", q, d, usual).gguf(blk + "attn_q.weight", pairs),
                      matrix(at + "k_proj.weight", kv, d, usual).gguf(blk + "attn_k.weight", pairs),
                      matrix(at + "v_proj.weight", kv, d, usual).gguf(blk + "attn_v.weight")),
              !inputs
                  ? List.of()
                  : List.of(
                      bias(at + "q_proj.bias", q).gguf(blk + "attn_q.bias", pairs),
                      bias(at + "k_proj.bias", kv).gguf(blk + "attn_k.bias", pairs),
                      bias(at + "v_proj.bias", kv).gguf(blk + "attn_v.bias")),
              !headNorms
                  ? List.of()
                  : List.of(
                      vector(at + "q_norm.weight", s.headWidth(), Initialisation.ONES)
                          .gguf(blk + "attn_q_norm.weight"),
                      vector(at + "k_norm.weight", s.headWidth(), Initialisation.ONES)
                          .gguf(blk + "attn_k_norm.weight")),
              matrix(at + "o_proj.weight", d, q, residual).gguf(blk + "attn_output.weight"),
              all ? List.of(bias(at + "o_proj.bias", d).gguf(blk + "attn_output.bias")) : List.of(),
              vector(hf + "post_attention_layernorm.weight", d, Initialisation.ONES)
                  .gguf(blk + "ffn_norm.weight"),
              fused
                  ? List.of(
                      matrix(mlp + "gate_up_proj.weight", 2 * f, d, usual)
                          .gguf(blk + "ffn_up.weight"))
                  : List.of(
                      matrix(mlp + "gate_proj.weight", f, d, usual).gguf(blk + "ffn_gate.weight"),
                      matrix(mlp + "up_proj.weight", f, d, usual).gguf(blk + "ffn_up.weight")),
              !s.feedForwardBias()
                  ? List.of()
                  : List.of(
                      bias(mlp + "gate_proj.bias", f).gguf(blk + "ffn_gate.bias"),
                      bias(mlp + "up_proj.bias", f).gguf(blk + "ffn_up.bias")),
              matrix(mlp + "down_proj.weight", d, f, residual).gguf(blk + "ffn_down.weight"),
              s.feedForwardBias()
                  ? List.of(bias(mlp + "down_proj.bias", d).gguf(blk + "ffn_down.bias"))
                  : List.of()));
    }
    ends =
        DecoderEnds.of(
            s.vocabularySize(),
            d,
            s.tied(),
            s.output(),
            vector("model.norm.weight", d, Initialisation.ONES).gguf("output_norm.weight"));
  }

  private static Parameter bias(String name, int length) {
    return vector(name, length, Initialisation.ZEROS);
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>();
    for (Layer l : layers) {
      to.add(l.inputNorm);
      to.addAll(l.qkv);
      to.addAll(l.qkvBias);
      to.addAll(l.headNorms);
      to.add(l.output);
      to.addAll(l.outputBias);
      to.add(l.postAttentionNorm);
      to.addAll(l.gateUp);
      to.addAll(l.gateUpBias);
      to.add(l.down);
      to.addAll(l.downBias);
    }
    return ends.around(to);
  }
}
