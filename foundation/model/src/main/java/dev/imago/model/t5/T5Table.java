package dev.imago.model.t5;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Initialisation;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The table of a T5's parameters, which begin as Raffel et al. had them: normal, by the widths of
/// what they take, since the scores of attention are not scaled.
final class T5Table {
  static final String SHARED = "shared.weight";
  static final String HEAD = "lm_head.weight";

  final Parameter shared;
  final Stack encoder;

  /// Empty where the encoder alone tells.
  final Optional<Stack> decoder;

  /// Before the last layer of classes; else empty.
  final Optional<Affine.Parameters> before;

  final HeadLayer last;

  /// One of the two.
  ///
  /// @param bias by distance, of all its blocks
  record Stack(Parameter bias, List<Block> blocks, Parameter norm) {
    List<Parameter> all() {
      var to = new ArrayList<Parameter>();
      to.add(bias);
      blocks.forEach(b -> to.addAll(b.all()));
      to.add(norm);
      return to;
    }
  }

  /// @param across to the source: empty in the encoder
  record Block(Attention self, List<Attention> across, FeedForward feedForward) {
    List<Parameter> all() {
      var to = new ArrayList<>(self.all());
      across.forEach(a -> to.addAll(a.all()));
      to.addAll(feedForward.all());
      return to;
    }
  }

  record Attention(
      Parameter norm, Parameter queries, List<Parameter> keysValues, Parameter output) {
    List<Parameter> queriesKeysValues() {
      var to = new ArrayList<Parameter>();
      to.add(queries);
      to.addAll(keysValues);
      return to;
    }

    List<Parameter> all() {
      var to = new ArrayList<Parameter>();
      to.add(norm);
      to.addAll(queriesKeysValues());
      to.add(output);
      return to;
    }
  }

  /// @param up one, or gate and up
  record FeedForward(Parameter norm, List<Parameter> up, Parameter down) {
    List<Parameter> all() {
      var to = new ArrayList<Parameter>();
      to.add(norm);
      to.addAll(up);
      to.add(down);
      return to;
    }
  }

  T5Table(T5Shape s) {
    Initialisation one = new Initialisation.Normal(1);
    shared = matrix(SHARED, s.vocabularySize(), s.width(), one).gguf("token_embd.weight");
    encoder = stack(s, "encoder.", s.encoderLayers(), false);
    decoder = s.decodes() ? Optional.of(stack(s, "decoder.", s.layers(), true)) : Optional.empty();
    int d = s.width();
    String head = "classification_head.";
    before =
        s.output() instanceof Output.Classes
            ? Optional.of(Affine.Parameters.linear(head + "dense", d, d, root(d)))
            : Optional.empty();
    last =
        switch (s.output()) {
          case Output.NextToken _, Output.MaskedToken _ -> {
            Parameter free = matrix(HEAD, s.vocabularySize(), d, one).gguf("output.weight");
            yield HeadLayer.of(s.scaled() ? free.tiedTo(shared) : free);
          }
          case Output.Classes classes ->
              HeadLayer.of(
                  Affine.Parameters.linear(head + "out_proj", classes.scores(), d, root(d)));
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(s.output(), d, "classifier");
        };
  }

  private static Stack stack(T5Shape s, String name, int layers, boolean across) {
    var blocks = new ArrayList<Block>();
    String gguf = across ? "dec." : "enc.";
    for (int i = 0; i < layers; i++) {
      String layer = name + "block." + i + ".layer.";
      String at = gguf + "blk." + i + ".";
      blocks.add(
          new Block(
              attention(s, layer + "0.", "SelfAttention.", at),
              across
                  ? List.of(attention(s, layer + "1.", "EncDecAttention.", at + "cross_"))
                  : List.of(),
              feedForward(s, layer + (across ? "2." : "1."), at)));
    }
    return new Stack(
        matrix(
                name + "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                s.buckets(),
                s.heads(),
                root(s.width()))
            .ggufInFull(gguf + "blk.0.attn_rel_b.weight"),
        List.copyOf(blocks),
        vector(name + "final_layer_norm.weight", s.width(), Initialisation.ONES)
            .gguf(gguf + "output_norm.weight"));
  }

  /// @param gguf how its names begin there
  private static Attention attention(T5Shape s, String layer, String name, String gguf) {
    int d = s.width();
    int q = s.heads() * s.headWidth();
    String at = layer + name;
    return new Attention(
        vector(layer + "layer_norm.weight", d, Initialisation.ONES).gguf(gguf + "attn_norm.weight"),
        matrix(at + "q.weight", q, d, root((double) d * s.headWidth()))
            .gguf(gguf + "attn_q.weight"),
        List.of(
            matrix(at + "k.weight", q, d, root(d)).gguf(gguf + "attn_k.weight"),
            matrix(at + "v.weight", q, d, root(d)).gguf(gguf + "attn_v.weight")),
        matrix(at + "o.weight", d, q, root(q)).gguf(gguf + "attn_o.weight"));
  }

  private static FeedForward feedForward(T5Shape s, String layer, String gguf) {
    int d = s.width();
    int f = s.feedForward();
    String at = layer + "DenseReluDense.";
    String up = gguf + "ffn_up.weight";
    return new FeedForward(
        vector(layer + "layer_norm.weight", d, Initialisation.ONES).gguf(gguf + "ffn_norm.weight"),
        s.gated()
            ? List.of(
                matrix(at + "wi_0.weight", f, d, root(d)).gguf(gguf + "ffn_gate.weight"),
                matrix(at + "wi_1.weight", f, d, root(d)).gguf(up))
            : List.of(matrix(at + "wi.weight", f, d, root(d)).gguf(up)),
        matrix(at + "wo.weight", d, f, root(f)).gguf(gguf + "ffn_down.weight"));
  }

  private static Initialisation root(double width) {
    return new Initialisation.Normal(1 / Math.sqrt(width));
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>();
    to.add(shared);
    to.addAll(encoder.all());
    decoder.ifPresent(stack -> to.addAll(stack.all()));
    before.ifPresent(layer -> to.addAll(layer.all()));
    to.addAll(last.all());
    return List.copyOf(to);
  }
}
