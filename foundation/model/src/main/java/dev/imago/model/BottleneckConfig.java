package dev.imago.model;

import dev.imago.tensor.Nonlinearity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Bottleneck adapters as AdapterHub's library `adapters` writes them, in Houlsby's form
/// (`double_seq_bn`): a small network behind what leaves the attention and behind what leaves the
/// feed-forward of each block, each before the sum with the block's input. PEFT has none.
/// <https://docs.adapterhub.ml/methods.html#bottleneck-adapters>
///
/// *D width of the model, r of a network.*
///
/// @param function between its two matrices
/// @param width D
/// @param type the model's, as its `config.json` has it
/// @param called the class of transformers that the adapter was made for
public record BottleneckConfig(Nonlinearity function, int width, String type, String called) {
  /// What AdapterHub calls them, where it says a part of their names.
  public static final String NAME = "imago";

  /// The adapter's tensors.
  public static final String TENSORS = "adapter.safetensors";

  /// Those of the last layer that was trained with it.
  public static final String HEAD = "model_head.safetensors";

  /// What says whose the last layer is.
  public static final String HEAD_CONFIG = "head_config.json";

  /// What Houlsby's form has; another value would change the numbers.
  private static final Map<String, String> FORM =
      Map.ofEntries(
          Map.entry("original_ln_before", "false"),
          Map.entry("original_ln_after", "true"),
          Map.entry("ln_before", "false"),
          Map.entry("ln_after", "false"),
          Map.entry("is_parallel", "false"),
          Map.entry("scaling", "1.0"),
          Map.entry("use_gating", "false"),
          Map.entry("inv_adapter", "null"),
          Map.entry("cross_adapter", "false"),
          Map.entry("phm_layer", "false"));

  private static final Pattern PART =
      Pattern.compile("(.+)\\.adapters\\.([^.]+)\\.(adapter_(?:down\\.0|up)\\.(?:weight|bias))");

  private static final Set<String> FAMILIES =
      Set.of("bert", "roberta", "gpt2", "llama", "mistral", "qwen2", "qwen3");

  /// Where a network stands: its linear layer, and the beginning of its tensors' names.
  private record Place(Pattern layer, String before) {}

  private static final List<Place> PLACES =
      List.of(
          new Place(Pattern.compile("(.*\\.attention\\.output)\\.dense\\.weight"), "$1"),
          new Place(Pattern.compile("(.*\\.\\d+\\.output)\\.dense\\.weight"), "$1"),
          new Place(
              Pattern.compile("(.*\\.\\d+)\\.(?:self_attn\\.o_proj|attn\\.c_proj)\\.weight"),
              "$1.attention_adapters"),
          new Place(
              Pattern.compile("(.*\\.\\d+)\\.mlp\\.(?:down_proj|c_proj)\\.weight"),
              "$1.output_adapters"));

  /// Whether this is such a config, and not PEFT's.
  static boolean isOne(JsonNode config) {
    return config.path("config").isObject() && config.path("peft_type").isMissingNode();
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming what would change the numbers and is not computed
  static BottleneckConfig read(JsonNode node) {
    JsonNode own = node.path("config");
    String architecture = own.path("architecture").asString("");
    if (!architecture.isEmpty()) {
      throw new IllegalArgumentException(
          "architecture = %s of AdapterHub is not read; bottleneck adapters are, and PEFT's files of the others"
              .formatted(ConfigJson.shortened(architecture)));
    }
    FORM.forEach(
        (field, value) -> {
          JsonNode said = own.path(field);
          boolean same =
              said.isMissingNode()
                  || (said.isNumber()
                      ? said.doubleValue() == Double.parseDouble(value)
                      : said.toString().equals(value));
          if (!same) {
            throw new IllegalArgumentException(
                "%s = %s is not Houlsby's form (double_seq_bn), which alone is computed, and has %s"
                    .formatted(field, ConfigJson.shortened(said.toString()), value));
          }
        });
    Nonlinearity function =
        new ConfigJson(own.toString()).nonlinearity("non_linearity", Nonlinearity.SILU);
    return new BottleneckConfig(
        function,
        node.path("hidden_size").asInt(0),
        node.path("model_type").asString(""),
        node.path("model_class").asString(""));
  }

  /// The beginning of the names of what stands behind a layer; empty for a layer with nothing
  /// behind it.
  ///
  /// @param parameter the layer's matrix
  public static Optional<String> before(String parameter) {
    for (Place place : PLACES) {
      Matcher matcher = place.layer.matcher(parameter);
      if (matcher.matches()) {
        return Optional.of(matcher.replaceFirst(place.before) + ".adapters." + NAME + ".");
      }
    }
    return Optional.empty();
  }

  /// Refuses a model that has no such places.
  ///
  /// @throws IllegalArgumentException naming its architecture
  public static void check(ModelShape shape) {
    if (!FAMILIES.contains(shape.architecture())) {
      throw new IllegalArgumentException(
          "bottlenecks are of %s, and this is a %s; low-rank additions are for all"
              .formatted(
                  String.join(", ", FAMILIES.stream().sorted().toList()), shape.architecture()));
    }
  }

  /// A tensor's name with the adapter called as here; as it is where it is of none.
  static String plain(String name) {
    Matcher matcher = PART.matcher(name);
    return matcher.matches()
        ? "%s.adapters.%s.%s".formatted(matcher.group(1), NAME, matcher.group(3))
        : name;
  }

  /// The file, as `adapters` reads it.
  ///
  /// @param rank r
  /// @param base where the model lies
  String json(int rank, Optional<String> base) {
    var config = new TreeMap<String, JsonNode>();
    FORM.forEach((field, value) -> config.put(field, JsonMapper.shared().readTree(value)));
    ObjectNode to = JsonMapper.shared().createObjectNode();
    ObjectNode own = to.putObject("config");
    own.putNull("architecture");
    own.setAll(config);
    own.put("mh_adapter", true);
    own.put("output_adapter", true);
    own.put("non_linearity", ConfigJson.name(function));
    own.put("reduction_factor", (double) width / rank);
    own.put("residual_before_ln", true);
    own.put("adapter_residual_before_ln", false);
    own.put("init_weights", "bert");
    own.putArray("leave_out");
    own.put("dropout", 0.0);
    head(to, base);
    to.put("name", NAME);
    return to.toPrettyString() + "\n";
  }

  /// What says whose the last layer is.
  ///
  /// @param base where the model lies
  public String headJson(Optional<String> base) {
    ObjectNode to = JsonMapper.shared().createObjectNode();
    to.putNull("config");
    head(to, base);
    to.putNull("name");
    return to.toPrettyString() + "\n";
  }

  private void head(ObjectNode to, Optional<String> base) {
    to.put("hidden_size", width);
    to.put("model_class", called);
    to.put("model_name", base.orElse(null));
    to.put("model_type", type);
  }
}
