package dev.imago.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Changes what one dial has chosen, by the names that `config.json` has for it: `hidden_size` and
/// `num_hidden_layers` of Llama, `n_embd` and `n_layer` of GPT-2.
final class ShapeSettings {
  /// What is not the shape's to say: the tokenizer, the training and the file's reader know it.
  private static final Set<String> OTHERS =
      Set.of(
          "architectures",
          "bos_token_id",
          "decoder_start_token_id",
          "dtype",
          "eos_token_id",
          "is_decoder",
          "model_type",
          "pad_token_id",
          "torch_dtype",
          "transformers_version",
          "use_cache",
          "vocab_size");

  private ShapeSettings() {}

  /// @param settings scalars of `config.json` as text; those of an object in it by a path with
  ///   dots, such as `rope_parameters.rope_theta`
  /// @throws IllegalArgumentException for a setting that the architecture does not have, or that
  ///   would change nothing, or a value that it does not take
  static ModelShape changed(ModelShape dial, Map<String, String> settings) {
    if (settings.isEmpty()) {
      return dial;
    }
    ObjectNode json = json(dial);
    settings.forEach((path, value) -> set(json, path, value, dial.architecture()));
    ModelShape changed = Architectures.read(json.toString());
    if (changed.context() != dial.context()) {
      throw new IllegalArgumentException(
          "the positions are those of the context, %d and not %d; set the context"
              .formatted(dial.context(), changed.context()));
    }
    JsonNode before = json(dial);
    JsonNode after = json(changed);
    for (String path : settings.keySet()) {
      String place = "/" + path.replace('.', '/');
      refuseUnheard(path, json.at(place), before.at(place), after.at(place));
    }
    return changed;
  }

  /// A model of as many tokens.
  ///
  /// @throws IllegalArgumentException where `config.json` does not say all that the shape is
  static ModelShape ofTokens(ModelShape shape, int tokens) {
    ObjectNode json = json(shape);
    ModelShape same = Architectures.read(json.toString());
    ModelShape grown = Architectures.read(json.put("vocab_size", tokens).toString());
    if (!same.output().equals(shape.output())) {
      same = same.withOutput(shape.output());
      grown = grown.withOutput(shape.output());
    }
    if (!same.equals(shape) || grown.vocabularySize() != tokens) {
      throw new IllegalArgumentException(
          "a %s of this shape takes no other number of tokens (vocab_size = %d)"
              .formatted(shape.architecture(), tokens));
    }
    return grown;
  }

  private static ObjectNode json(ModelShape shape) {
    return (ObjectNode) JsonMapper.shared().readTree(shape.configJson(new Specials(0, List.of())));
  }

  /// A file holds what only other readers look at, or what another setting has to switch on.
  private static void refuseUnheard(String path, JsonNode asked, JsonNode old, JsonNode now) {
    boolean word = asked.isString(); // one function may have two names
    boolean same =
        asked.isNumber() && old.isNumber()
            ? asked.doubleValue() == old.doubleValue()
            : asked.equals(old);
    if (!word && !same && now.equals(old)) {
      throw new IllegalArgumentException(
          "%s = %s would change nothing: the model keeps %s; leave it out"
              .formatted(path, asked, old));
    }
  }

  private static void set(ObjectNode json, String path, String value, String architecture) {
    ObjectNode at = json;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      if (!(at.get(names[i]) instanceof ObjectNode object)) {
        throw unknown(json, path, architecture);
      }
      at = object;
    }
    String name = names[names.length - 1];
    JsonNode old = at.get(name);
    if (old == null || old.isContainer() || OTHERS.contains(name)) {
      throw unknown(json, path, architecture);
    }
    JsonNode given = scalar(value);
    if (!old.isNull() && old.getNodeType() != given.getNodeType()) {
      throw new IllegalArgumentException(
          "%s = %s is none of its values; the dial chose %s".formatted(path, value, old));
    }
    at.set(name, given);
    if (at == json) { // what also stands in an object is read there
      for (Map.Entry<String, JsonNode> each : json.properties()) {
        if (each.getValue() instanceof ObjectNode object && object.has(name)) {
          object.set(name, given);
        }
      }
    }
  }

  private static JsonNode scalar(String value) {
    try {
      JsonNode node = JsonMapper.shared().readTree(value);
      if (node.isNumber() || node.isBoolean()) {
        return node;
      }
    } catch (JacksonException e) {
      // A word stands without quotes.
    }
    return JsonMapper.shared().getNodeFactory().stringNode(value);
  }

  private static IllegalArgumentException unknown(
      ObjectNode json, String path, String architecture) {
    List<String> known =
        json.properties().stream()
            .filter(e -> !e.getValue().isContainer() && !OTHERS.contains(e.getKey()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return new IllegalArgumentException(
        "%s is no size that %s can be given; these are: %s"
            .formatted(path, architecture, String.join(", ", known)));
  }
}
