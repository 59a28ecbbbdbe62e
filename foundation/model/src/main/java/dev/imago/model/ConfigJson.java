package dev.imago.model;

import dev.imago.tensor.Nonlinearity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A Hugging Face `config.json`, or an object in one.
public final class ConfigJson extends Fields {
  /// Python writes NaN and Infinity without quotes: read, so that they can be refused by name.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final JsonNode node;
  private final String prefix;
  private final Map<String, ConfigJson> opened = new LinkedHashMap<>();

  /// @throws IllegalArgumentException when it is no JSON object
  public ConfigJson(String json) {
    try {
      this.node = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("config.json is no JSON: " + e.getOriginalMessage(), e);
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("config.json is no JSON object");
    }
    this.prefix = "";
  }

  private ConfigJson(JsonNode node, String prefix) {
    this.node = node;
    this.prefix = prefix;
  }

  @Override
  protected String shown(String field) {
    return prefix + field;
  }

  @Override
  protected OptionalDouble number(String field) {
    note(field);
    JsonNode n = node.path(field);
    if (n.isMissingNode() || n.isNull()) {
      return OptionalDouble.empty();
    }
    if (!n.isNumber()) {
      throw new IllegalArgumentException(
          "%s = %s is no number".formatted(shown(field), shortened(n.toString())));
    }
    return OptionalDouble.of(n.asDouble());
  }

  static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  public boolean has(String field) {
    return !node.path(field).isMissingNode() && !node.path(field).isNull();
  }

  /// Whether the field is there, be it with null.
  public boolean mentions(String field) {
    return !node.path(field).isMissingNode();
  }

  /// A list of texts; an empty one where it is missing.
  public List<String> texts(String field) {
    note(field);
    var to = new ArrayList<String>();
    node.path(field).forEach(n -> to.add(shortened(n.asString(n.toString()))));
    return to;
  }

  /// A list of numbers that must be there.
  public List<Float> reals(String field) {
    note(field);
    var to = new ArrayList<Float>();
    for (JsonNode n : node.path(field)) {
      if (!n.isNumber()) {
        throw new IllegalArgumentException(
            "%s holds %s, which is no number".formatted(shown(field), shortened(n.toString())));
      }
      to.add((float) n.asDouble());
    }
    if (to.isEmpty()) {
      throw new IllegalArgumentException(
          shown(field) + " is missing; the file is not whole, get it again");
    }
    return to;
  }

  /// A text, or a truth as one.
  public String text(String field, String otherwise) {
    note(field);
    return has(field)
        ? shortened(node.path(field).asString(node.path(field).toString()))
        : otherwise;
  }

  /// True or false.
  ///
  /// @throws IllegalArgumentException for anything else
  public boolean truth(String field, boolean otherwise) {
    note(field);
    if (!has(field)) {
      return otherwise;
    }
    if (!node.path(field).isBoolean()) {
      throw new IllegalArgumentException(
          "%s = %s is neither true nor false".formatted(shown(field), text(field, "")));
    }
    return node.path(field).booleanValue();
  }

  /// Refuses another value than the one that is computed.
  public void expect(String field, String value) {
    expect(field, text(field, value), value);
  }

  /// Refuses weights that other software has quantised.
  void refuseQuantised() {
    if (has("quantization_config")) {
      throw new IllegalArgumentException(
          "quantization_config: quantised weights are not read; get the model in F32, F16 or BF16");
    }
  }

  /// The function that a field names.
  public Nonlinearity nonlinearity(String field, Nonlinearity otherwise) {
    String name = text(field, name(otherwise));
    return switch (name) {
      case "gelu" -> Nonlinearity.GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> Nonlinearity.GELU_TANH;
      case "relu" -> Nonlinearity.RELU;
      case "silu", "swish" -> Nonlinearity.SILU;
      case "tanh" -> Nonlinearity.TANH;
      case "sigmoid" -> Nonlinearity.SIGMOID;
      default ->
          throw new IllegalArgumentException(
              "%s = %s is not supported; gelu, gelu_new, relu, silu, tanh and sigmoid are"
                  .formatted(shown(field), name));
    };
  }

  /// transformers' name of a function.
  public static String name(Nonlinearity function) {
    return switch (function) {
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_new";
      case RELU -> "relu";
      case SILU -> "silu";
      case TANH -> "tanh";
      case SIGMOID -> "sigmoid";
    };
  }

  /// An object within; an empty one where it is missing.
  public ConfigJson object(String field) {
    JsonNode n = node.path(field);
    if (has(field) && !n.isObject()) {
      throw new IllegalArgumentException(
          "%s = %s is no JSON object".formatted(shown(field), shortened(n.toString())));
    }
    return opened.computeIfAbsent(
        field, f -> new ConfigJson(n.isObject() ? n : JSON.createObjectNode(), prefix + f + "."));
  }

  /// Whether another has the same fields and values, but for one field.
  boolean sameBut(ConfigJson other, String field) {
    return without(field).equals(other.without(field));
  }

  private Map<String, JsonNode> without(String field) {
    var to = new LinkedHashMap<String, JsonNode>();
    node.properties().forEach(e -> to.put(e.getKey(), e.getValue()));
    to.remove(field);
    return to;
  }

  /// Refuses the settings that no reader asked for, but for those that change nothing
  /// ([InertSettings]) and those that are null.
  ///
  /// @param architecture as messages name it
  /// @throws IllegalArgumentException naming the first of them
  void refuseUnread(String architecture) {
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String field = each.getKey();
      if (noted(field) || each.getValue().isNull()) {
        continue;
      }
      if (opened.containsKey(field)) {
        object(field).refuseUnread(architecture);
      } else {
        InertSettings.check(shown(field), field, each.getValue(), architecture);
      }
    }
  }

  /// The last layer, as `architectures` names it.
  ///
  /// @param otherwise where nothing is named
  public Output output(Output otherwise) {
    note("architectures");
    return new OutputFields(this, node).read(otherwise);
  }

  /// All of `eos_token_id`, from `config.json` or `generation_config.json`.
  public List<Integer> stops() {
    JsonNode eos = node.path("eos_token_id");
    var stops = new ArrayList<Integer>();
    for (JsonNode id : eos.isArray() ? eos : List.of(eos)) {
      if (id.canConvertToInt()) {
        stops.add(id.asInt());
      }
    }
    return stops;
  }

  /// The id that ends a document: the first of [#stops]; −1 for none.
  public int endOfText() {
    List<Integer> stops = stops();
    return stops.isEmpty() ? -1 : stops.getFirst();
  }

  /// What every `config.json` of ours says, for an architecture to add to.
  ///
  /// @param causalName transformers' class of the language model
  /// @param family the beginning of its other classes' names
  public static ObjectNode begin(
      ModelShape shape, String causalName, String family, Specials specials) {
    ObjectNode c = JSON.createObjectNode();
    String name =
        switch (shape.output()) {
          case Output.NextToken _ -> causalName;
          case Output.MaskedToken _ -> family + "ForMaskedLM";
          case Output.Classes _ -> family + "ForSequenceClassification";
          case Output.Tags _ -> family + "ForTokenClassification";
          case Output.Dependencies _ -> family + "ForDependencyParsing";
          case Output.Span _ -> family + "ForQuestionAnswering";
          case Output.Embedding _ -> family + "Model";
        };
    c.putArray("architectures").add(name);
    if (specials.endOfText() >= 0) {
      c.put("bos_token_id", specials.endOfText());
      c.put("eos_token_id", specials.endOfText());
    }
    c.put("dtype", "float32");
    c.put("initializer_range", 0.02);
    c.put("model_type", shape.architecture());
    c.put("torch_dtype", "float32");
    c.put("use_cache", true);
    c.put("vocab_size", shape.vocabularySize());
    OutputFields.write(c, shape.output());
    if (shape.output() instanceof Output.Classes && specials.endOfText() >= 0) {
      // Else transformers takes one text at a time: it looks for the last that is no padding.
      c.put("pad_token_id", specials.endOfText());
    }
    return c;
  }

  /// A `generation_config.json`: where an answer begins and ends.
  public static String generation(Specials specials) {
    ObjectNode c = JSON.createObjectNode();
    c.put("bos_token_id", specials.endOfText());
    if (specials.stops().size() == 1) {
      c.put("eos_token_id", specials.stops().getFirst());
    } else {
      var ids = c.putArray("eos_token_id");
      specials.stops().forEach(ids::add);
    }
    return c.toPrettyString() + "\n";
  }

  /// The file's text, its fields in alphabetical order.
  public static String write(ObjectNode config) {
    var names = new ArrayList<>(config.propertyNames());
    names.sort(null);
    ObjectNode sorted = JSON.createObjectNode();
    names.forEach(n -> sorted.set(n, config.get(n)));
    return sorted.toPrettyString() + "\n";
  }

  /// A number as JSON has it: whole where it is.
  public static java.math.BigDecimal number(float value) {
    var exact = new java.math.BigDecimal(Float.toString(value)).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }

  /// The double that prints as the float does: 1.0E-5, not 9.999999747378752E-6.
  public static double shortest(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
