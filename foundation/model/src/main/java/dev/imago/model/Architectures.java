package dev.imago.model;

import dev.imago.model.bert.Bert;
import dev.imago.model.convolution.GatedConvolution;
import dev.imago.model.gemma.Gemma;
import dev.imago.model.gpt2.Gpt2;
import dev.imago.model.llama.Llama;
import dev.imago.model.neural.NeuralProbabilistic;
import dev.imago.model.nomic.NomicBert;
import dev.imago.model.recurrent.Recurrent;
import dev.imago.model.t5.T5;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// All architectures, and how a file finds its own.
public final class Architectures {
  /// The default first.
  private static final List<Architecture> ALL =
      List.of(
          new Llama(),
          new Gpt2(),
          new Gemma(),
          new Bert(),
          new NomicBert(),
          new T5(),
          new Recurrent(),
          new GatedConvolution(),
          new NeuralProbabilistic());

  private Architectures() {}

  /// The names by which [#ofDepth] knows them, the default first.
  public static List<String> names() {
    return ALL.stream().flatMap(a -> a.dials().stream()).toList();
  }

  /// The shape in a `config.json`.
  ///
  /// @throws IllegalArgumentException naming the field that no architecture computes, or that is of
  ///   none and may change the scores
  public static ModelShape read(String configJson) {
    var config = new ConfigJson(configJson);
    String type = config.text("model_type", "");
    config.refuseQuantised();
    ModelShape shape =
        ALL.stream()
            .filter(a -> a.modelTypes().contains(type))
            .findFirst()
            .orElseThrow(
                () ->
                    unknown("model_type", type, ALL.stream().flatMap(a -> a.modelTypes().stream())))
            .read(config);
    config.refuseUnread(type);
    return shape;
  }

  /// The shape in a GGUF file.
  ///
  /// @throws IllegalArgumentException naming the key that no architecture computes
  public static ModelShape read(Map<String, GgufValue> metadata, Map<String, HostTensor> tensors) {
    String name =
        metadata.get(GgufFields.ARCHITECTURE) instanceof GgufValue.Text(String text) ? text : "";
    Architecture architecture =
        ALL.stream()
            .filter(a -> a.ggufArchitectures().contains(name))
            .findFirst()
            .orElseThrow(
                () ->
                    unknown(
                        GgufFields.ARCHITECTURE,
                        name,
                        ALL.stream().flatMap(a -> a.ggufArchitectures().stream())));
    var fields = new GgufFields(metadata, name);
    ModelShape shape = architecture.read(fields, tensors);
    fields.refuseUnread();
    return shape;
  }

  private static IllegalArgumentException unknown(
      String field, String value, Stream<String> known) {
    String shown = value.length() > 60 ? value.substring(0, 60) + "…" : value;
    return new IllegalArgumentException(
        "%s = «%s» is not supported; %s are"
            .formatted(field, shown, String.join(", ", known.toList())));
  }

  /// A model of the default architecture by one dial.
  public static ModelShape ofDepth(int depth, int vocabularySize, int context) {
    return ofDepth(names().getFirst(), depth, vocabularySize, context);
  }

  /// A model by one dial.
  ///
  /// @param architecture one of [#names]
  public static ModelShape ofDepth(
      String architecture, int depth, int vocabularySize, int context) {
    if (depth < 1 || depth > 64) {
      throw new IllegalArgumentException("depth = " + depth + " is outside 1 … 64");
    }
    return ALL.stream()
        .filter(a -> a.dials().contains(architecture))
        .findFirst()
        .orElseThrow(() -> unknown("architecture", architecture, names().stream()))
        .ofDepth(architecture, depth, vocabularySize, context);
  }

  /// A model by one dial, and by what else is said of its sizes.
  ///
  /// @param settings by the names of `config.json`, such as `hidden_size`; what they leave open
  ///   stays as the dial has it
  /// @throws IllegalArgumentException for a setting that the architecture does not have, or a value
  ///   that it does not take
  public static ModelShape ofDepth(
      String architecture,
      int depth,
      int vocabularySize,
      int context,
      Map<String, String> settings) {
    return ShapeSettings.changed(ofDepth(architecture, depth, vocabularySize, context), settings);
  }

  /// A model as another, of as many tokens: its tables have a row for each.
  ///
  /// @throws IllegalArgumentException where the architecture takes no other number
  public static ModelShape ofTokens(ModelShape shape, int tokens) {
    return tokens == shape.vocabularySize() ? shape : ShapeSettings.ofTokens(shape, tokens);
  }
}
