package dev.imago.model.gemma;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.DecoderEnds;
import dev.imago.model.Initialisation;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The table of a Gemma's parameters. Weights begin normal with deviation 0.02, those that write
/// into the residual stream 0.02 / √(2 · layers); norms begin at 0, to which 1 is added.
final class GemmaTable {
  final DecoderEnds ends;
  final List<Layer> layers = new ArrayList<>();

  record Layer(
      Parameter inputNorm,
      List<Parameter> qkv,
      Parameter queryNorm,
      Parameter keyNorm,
      Parameter output,
      Parameter postAttentionNorm,
      Parameter preFeedForwardNorm,
      List<Parameter> gateUp,
      Parameter down,
      Parameter postFeedForwardNorm) {}

  GemmaTable(GemmaShape s) {
    var usual = new Initialisation.Normal(0.02);
    var residual = new Initialisation.Normal(0.02 / Math.sqrt(2.0 * s.layers()));
    int d = s.width();
    int q = s.heads() * s.headWidth();
    int kv = s.kvHeads() * s.headWidth();
    int f = s.feedForward();
    for (int i = 0; i < s.layers(); i++) {
      String hf = "model.layers." + i + ".";
      String at = hf + "self_attn.";
      String mlp = hf + "mlp.";
      String blk = "blk." + i + ".";
      layers.add(
          new Layer(
              norm(hf + "input_layernorm.weight", d, blk + "attn_norm.weight"),
              List.of(
                  matrix(at + "q_proj.weight", q, d, usual).gguf(blk + "attn_q.weight"),
                  matrix(at + "k_proj.weight", kv, d, usual).gguf(blk + "attn_k.weight"),
                  matrix(at + "v_proj.weight", kv, d, usual).gguf(blk + "attn_v.weight")),
              norm(at + "q_norm.weight", s.headWidth(), blk + "attn_q_norm.weight"),
              norm(at + "k_norm.weight", s.headWidth(), blk + "attn_k_norm.weight"),
              matrix(at + "o_proj.weight", d, q, residual).gguf(blk + "attn_output.weight"),
              norm(hf + "post_attention_layernorm.weight", d, blk + "post_attention_norm.weight"),
              norm(hf + "pre_feedforward_layernorm.weight", d, blk + "ffn_norm.weight"),
              List.of(
                  matrix(mlp + "gate_proj.weight", f, d, usual).gguf(blk + "ffn_gate.weight"),
                  matrix(mlp + "up_proj.weight", f, d, usual).gguf(blk + "ffn_up.weight")),
              matrix(mlp + "down_proj.weight", d, f, residual).gguf(blk + "ffn_down.weight"),
              norm(hf + "post_feedforward_layernorm.weight", d, blk + "post_ffw_norm.weight")));
    }
    ends =
        DecoderEnds.of(
            s.vocabularySize(),
            d,
            s.tied(),
            s.output(),
            norm("model.norm.weight", d, "output_norm.weight"));
  }

  private static Parameter norm(String name, int length, String gguf) {
    return vector(name, length, Initialisation.ZEROS).ggufPlusOne(gguf);
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>();
    for (Layer l : layers) {
      to.add(l.inputNorm);
      to.addAll(l.qkv);
      to.add(l.queryNorm);
      to.add(l.keyNorm);
      to.add(l.output);
      to.add(l.postAttentionNorm);
      to.add(l.preFeedForwardNorm);
      to.addAll(l.gateUp);
      to.add(l.down);
      to.add(l.postFeedForwardNorm);
    }
    return ends.around(to);
  }
}
