package dev.imago.model.bert;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.model.Initialisation;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The table of a BERT's parameters: matrices begin normal with deviation 0.02, biases 0, norms 1.
final class BertTable {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  final Parameter tokens;
  final Parameter positions;
  final Parameter segments;
  final Affine norm;
  final List<Layer> layers = new ArrayList<>();

  /// Before the head: the transform of masked tokens, or the pooler; empty for tags.
  final List<Affine> before = new ArrayList<>();

  final Parameter head;
  final Parameter headBias;

  /// A weight, or several stacked, and their biases.
  record Affine(List<Parameter> weight, List<Parameter> bias) {}

  record Layer(
      Affine qkv, Affine output, Affine attentionNorm, Affine up, Affine down, Affine norm) {
    List<Affine> all() {
      return List.of(qkv, output, attentionNorm, up, down, norm);
    }
  }

  BertTable(BertShape s) {
    int d = s.width();
    String embeddings = "bert.embeddings.";
    tokens = matrix(embeddings + "word_embeddings.weight", s.vocabularySize(), d, USUAL);
    positions = matrix(embeddings + "position_embeddings.weight", s.context(), d, USUAL);
    segments = matrix(embeddings + "token_type_embeddings.weight", s.segments(), d, USUAL);
    norm = norm(embeddings + "LayerNorm", d);
    for (int i = 0; i < s.layers(); i++) {
      String layer = "bert.encoder.layer." + i + ".";
      String self = layer + "attention.self.";
      layers.add(
          new Layer(
              new Affine(
                  List.of(
                      matrix(self + "query.weight", d, d, USUAL),
                      matrix(self + "key.weight", d, d, USUAL),
                      matrix(self + "value.weight", d, d, USUAL)),
                  List.of(bias(self + "query", d), bias(self + "key", d), bias(self + "value", d))),
              affine(layer + "attention.output.dense", d, d),
              norm(layer + "attention.output.LayerNorm", d),
              affine(layer + "intermediate.dense", s.feedForward(), d),
              affine(layer + "output.dense", d, s.feedForward()),
              norm(layer + "output.LayerNorm", d)));
    }
    switch (s.output()) {
      case Output.MaskedToken _, Output.NextToken _ -> {
        before.add(affine("cls.predictions.transform.dense", d, d));
        before.add(norm("cls.predictions.transform.LayerNorm", d));
        head =
            matrix("cls.predictions.decoder.weight", s.vocabularySize(), d, USUAL).tiedTo(tokens);
        headBias = vector("cls.predictions.bias", s.vocabularySize(), Initialisation.ZEROS);
      }
      case Output.Classes(List<String> labels) -> {
        before.add(affine("bert.pooler.dense", d, d));
        head = matrix("classifier.weight", labels.size(), d, USUAL);
        headBias = bias("classifier", labels.size());
      }
      case Output.Tags(List<String> labels) -> {
        head = matrix("classifier.weight", labels.size(), d, USUAL);
        headBias = bias("classifier", labels.size());
      }
    }
  }

  private static Parameter bias(String name, int length) {
    return vector(name + ".bias", length, Initialisation.ZEROS);
  }

  private static Affine affine(String name, int rows, int columns) {
    return new Affine(
        List.of(matrix(name + ".weight", rows, columns, USUAL)), List.of(bias(name, rows)));
  }

  private static Affine norm(String name, int d) {
    return new Affine(
        List.of(vector(name + ".weight", d, Initialisation.ONES)), List.of(bias(name, d)));
  }

  /// Every parameter, in the order of the layers.
  List<Parameter> all() {
    var to = new ArrayList<Parameter>(List.of(tokens, positions, segments));
    add(to, norm);
    layers.forEach(layer -> layer.all().forEach(a -> add(to, a)));
    before.forEach(a -> add(to, a));
    to.add(head);
    to.add(headBias);
    return List.copyOf(to);
  }

  private static void add(List<Parameter> to, Affine a) {
    to.addAll(a.weight);
    to.addAll(a.bias);
  }
}
