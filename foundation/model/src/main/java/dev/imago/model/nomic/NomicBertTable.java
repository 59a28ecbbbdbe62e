package dev.imago.model.nomic;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Initialisation;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The table of a Nomic BERT's parameters.
final class NomicBertTable {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  final Parameter tokens;
  final Parameter segments;
  final Affine.Parameters norm;
  final List<Layer> layers = new ArrayList<>();

  /// Before the last layer: the transform of masked tokens, or the pooler; else empty.
  final List<Affine.Parameters> before = new ArrayList<>();

  final HeadLayer last;

  record Layer(
      List<Parameter> qkv,
      Parameter output,
      Affine.Parameters attentionNorm,
      List<Parameter> gateUp,
      Parameter down,
      Affine.Parameters norm) {
    List<Parameter> all() {
      var to = new ArrayList<>(qkv);
      to.add(output);
      to.addAll(attentionNorm.all());
      to.addAll(gateUp);
      to.add(down);
      to.addAll(norm.all());
      return to;
    }
  }

  NomicBertTable(NomicBertShape s) {
    int d = s.width();
    int f = s.feedForward();
    String embeddings = NomicBertShape.BODY + "embeddings.";
    tokens =
        matrix(embeddings + "word_embeddings.weight", s.vocabularySize(), d, USUAL)
            .gguf("token_embd.weight");
    segments =
        matrix(embeddings + "token_type_embeddings.weight", s.segments(), d, USUAL)
            .ggufInFull("token_types.weight");
    norm = Affine.Parameters.norm(embeddings + "LayerNorm", d).gguf("token_embd_norm");
    for (int i = 0; i < s.layers(); i++) {
      String layer = NomicBertShape.BODY + "layers." + i + ".";
      String block = "blk." + i + ".";
      layers.add(
          new Layer(
              Stream.of("q", "k", "v")
                  .map(
                      n ->
                          matrix(layer + "self_attn." + n + "_proj.weight", d, d, USUAL)
                              .gguf(block + "attn_" + n + ".weight"))
                  .toList(),
              matrix(layer + "self_attn.o_proj.weight", d, d, USUAL)
                  .gguf(block + "attn_output.weight"),
              Affine.Parameters.norm(layer + "post_attention_layernorm", d)
                  .gguf(block + "attn_output_norm"),
              Stream.of("gate", "up")
                  .map(
                      n ->
                          matrix(layer + "mlp." + n + "_proj.weight", f, d, USUAL)
                              .gguf(block + "ffn_" + n + ".weight"))
                  .toList(),
              matrix(layer + "mlp.down_proj.weight", d, f, USUAL).gguf(block + "ffn_down.weight"),
              Affine.Parameters.norm(layer + "post_mlp_layernorm", d)
                  .gguf(block + "layer_output_norm")));
    }
    last =
        switch (s.output()) {
          case Output.MaskedToken _, Output.NextToken _ -> {
            String at = "cls.predictions.";
            before.add(Affine.Parameters.linear(at + "transform.dense", d, d, USUAL));
            before.add(Affine.Parameters.norm(at + "transform.layer_norm", d));
            yield HeadLayer.of(
                new Affine.Parameters(
                    List.of(
                        matrix(at + "decoder.weight", s.vocabularySize(), d, USUAL).tiedTo(tokens)),
                    List.of(vector(at + "bias", s.vocabularySize(), Initialisation.ZEROS))));
          }
          case Output.Classes classes -> {
            before.add(Affine.Parameters.linear(NomicBertShape.BODY + "pooler.dense", d, d, USUAL));
            yield HeadLayer.of(Affine.Parameters.linear("classifier", classes.scores(), d, USUAL));
          }
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(s.output(), d, "classifier");
        };
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>(List.of(tokens, segments));
    to.addAll(norm.all());
    layers.forEach(layer -> to.addAll(layer.all()));
    before.forEach(a -> to.addAll(a.all()));
    to.addAll(last.all());
    return List.copyOf(to);
  }
}
