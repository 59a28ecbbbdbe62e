package dev.imago.model.gpt2;

import static dev.imago.model.Parameter.matrix;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Initialisation;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The table of a GPT-2's parameters. Hugging Face keeps its matrices as [in,out]. Weights begin
/// normal with deviation 0.02, those that write into the residual stream 0.02 / √(2 · layers).
final class Gpt2Table {
  final Parameter tokens;
  final Parameter positions;
  final List<Layer> layers = new ArrayList<>();
  final Affine.Parameters norm;
  final HeadLayer last;

  record Layer(
      Affine.Parameters attentionNorm,
      Affine.Parameters qkv,
      Affine.Parameters output,
      Affine.Parameters norm,
      Affine.Parameters up,
      Affine.Parameters down) {
    List<Affine.Parameters> all() {
      return List.of(attentionNorm, qkv, output, norm, up, down);
    }
  }

  Gpt2Table(Gpt2Shape s) {
    var usual = new Initialisation.Normal(0.02);
    var residual = new Initialisation.Normal(0.02 / Math.sqrt(2.0 * s.layers()));
    int d = s.width();
    int f = s.feedForward();
    tokens =
        matrix("transformer.wte.weight", s.vocabularySize(), d, usual).gguf("token_embd.weight");
    positions =
        matrix("transformer.wpe.weight", s.context(), d, usual).ggufInFull("position_embd.weight");
    for (int i = 0; i < s.layers(); i++) {
      String hf = "transformer.h." + i + ".";
      String blk = "blk." + i + ".";
      layers.add(
          new Layer(
              norm(hf + "ln_1", blk + "attn_norm", d),
              affine(hf + "attn.c_attn", blk + "attn_qkv", 3 * d, d, usual),
              affine(hf + "attn.c_proj", blk + "attn_output", d, d, residual),
              norm(hf + "ln_2", blk + "ffn_norm", d),
              affine(hf + "mlp.c_fc", blk + "ffn_up", f, d, usual),
              affine(hf + "mlp.c_proj", blk + "ffn_down", d, f, residual)));
    }
    norm = norm("transformer.ln_f", "output_norm", d);
    last =
        switch (s.output()) {
          case Output.NextToken _, Output.MaskedToken _ -> {
            Parameter free =
                matrix("lm_head.weight", s.vocabularySize(), d, usual).gguf("output.weight");
            yield HeadLayer.of(s.tied() ? free.tiedTo(tokens) : free);
          }
          case Output.Classes classes ->
              HeadLayer.of(matrix("score.weight", classes.scores(), d, usual));
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(s.output(), d, "classifier");
        };
  }

  private static Affine.Parameters norm(String hf, String gguf, int d) {
    return Affine.Parameters.norm(hf, d).gguf(gguf);
  }

  private static Affine.Parameters affine(
      String hf, String gguf, int rows, int columns, Initialisation initial) {
    return Affine.Parameters.linear(hf, rows, columns, initial).gguf(gguf).transposedInFiles();
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>(List.of(tokens, positions));
    for (Layer layer : layers) {
      layer.all().forEach(a -> to.addAll(a.all()));
    }
    to.addAll(norm.all());
    to.addAll(last.all());
    return List.copyOf(to);
  }
}
