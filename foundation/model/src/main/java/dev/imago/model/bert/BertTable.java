package dev.imago.model.bert;

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

/// The table of a BERT's parameters: matrices begin normal with deviation 0.02, biases 0, norms 1.
final class BertTable {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  final Parameter tokens;
  final Parameter positions;
  final Parameter segments;
  final Affine.Parameters norm;
  final List<Layer> layers = new ArrayList<>();

  /// Before the head: the transform of masked tokens, or the pooler; empty for tags and spans.
  final List<Affine.Parameters> before = new ArrayList<>();

  final HeadLayer last;

  record Layer(
      Affine.Parameters qkv,
      Affine.Parameters output,
      Affine.Parameters attentionNorm,
      Affine.Parameters up,
      Affine.Parameters down,
      Affine.Parameters norm) {
    List<Affine.Parameters> all() {
      return List.of(qkv, output, attentionNorm, up, down, norm);
    }
  }

  BertTable(BertShape s) {
    int d = s.width();
    String body = s.architecture() + ".";
    String embeddings = body + "embeddings.";
    tokens =
        matrix(embeddings + "word_embeddings.weight", s.vocabularySize(), d, USUAL)
            .gguf("token_embd.weight");
    positions =
        matrix(embeddings + "position_embeddings.weight", s.positions(), d, USUAL)
            .ggufInFull("position_embd.weight", s.firstPosition());
    segments =
        matrix(embeddings + "token_type_embeddings.weight", s.segments(), d, USUAL)
            .ggufInFull("token_types.weight");
    norm = Affine.Parameters.norm(embeddings + "LayerNorm", d).gguf("token_embd_norm");
    for (int i = 0; i < s.layers(); i++) {
      String layer = body + "encoder.layer." + i + ".";
      String self = layer + "attention.self.";
      String block = "blk." + i + ".";
      layers.add(
          new Layer(
              Affine.Parameters.stacked(
                  Stream.of("query", "key", "value")
                      .map(n -> linear(self + n, d, d).gguf(block + "attn_" + n.charAt(0)))
                      .toList()),
              linear(layer + "attention.output.dense", d, d).gguf(block + "attn_output"),
              Affine.Parameters.norm(layer + "attention.output.LayerNorm", d)
                  .gguf(block + "attn_output_norm"),
              linear(layer + "intermediate.dense", s.feedForward(), d).gguf(block + "ffn_up"),
              linear(layer + "output.dense", d, s.feedForward()).gguf(block + "ffn_down"),
              Affine.Parameters.norm(layer + "output.LayerNorm", d)
                  .gguf(block + "layer_output_norm")));
    }
    boolean roberta = s.kind() == BertShape.Kind.ROBERTA;
    last =
        switch (s.output()) {
          case Output.MaskedToken _, Output.NextToken _ -> {
            String at = roberta ? "lm_head." : "cls.predictions.";
            before.add(linear(at + (roberta ? "dense" : "transform.dense"), d, d));
            before.add(
                Affine.Parameters.norm(at + (roberta ? "layer_norm" : "transform.LayerNorm"), d));
            yield HeadLayer.of(
                new Affine.Parameters(
                    List.of(
                        matrix(at + "decoder.weight", s.vocabularySize(), d, USUAL).tiedTo(tokens)),
                    List.of(vector(at + "bias", s.vocabularySize(), Initialisation.ZEROS))));
          }
          case Output.Classes classes -> {
            before.add(
                linear(roberta ? "classifier.dense" : body + "pooler.dense", d, d)
                    .ggufInFull("cls"));
            yield HeadLayer.of(
                linear(roberta ? "classifier.out_proj" : "classifier", classes.scores(), d)
                    .ggufInFull("cls.output"));
          }
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(s.output(), d, "classifier");
        };
  }

  private static Affine.Parameters linear(String name, int rows, int columns) {
    return Affine.Parameters.linear(name, rows, columns, USUAL);
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>(List.of(tokens, positions, segments));
    to.addAll(norm.all());
    layers.forEach(layer -> layer.all().forEach(a -> to.addAll(a.all())));
    before.forEach(a -> to.addAll(a.all()));
    to.addAll(last.all());
    return List.copyOf(to);
  }
}
