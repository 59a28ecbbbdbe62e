package dev.imago.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// PEFT's `adapter_config.json`, or AdapterHub's of bottlenecks: how an adapter's tensors change
/// the model that it was made for.
///
/// @param method what they are
/// @param virtual what stands before each text; nothing of other methods
/// @param bottlenecks what stands behind linear layers; nothing of other methods
/// @param rank of low-rank additions, where no tensor says another; 0 of factors
/// @param alpha by which they count, divided by the rank
/// @param ranks other ones, by patterns of modules, the first that fits; the tensors say them, too
/// @param alphas other ones, likewise
/// @param rankStabilised whether it is divided by the root of the rank. Kalajdzievski 2023,
///   arXiv:2312.03732
/// @param magnitudes whether lengths of rows are learned, too: DoRA
/// @param dropout of the inputs of additions, in training
/// @param bias which biases are the adapter's own
/// @param targets modules that are changed, or the ends of their names
/// @param feedForward those of them whose factors are of the inputs
/// @param modules that are the adapter's own whole
/// @param tokens ids of those whose rows are the adapter's own, by the table's module or the end of
///   its name; by an empty one, those of the embedding
/// @param base where the model lies, a path from the adapter's folder, or what it is called
/// @param task PEFT's word for what the model tells; empty for none
/// @param transposed whether matrices are held as [in,out]
public record AdapterConfig(
    Method method,
    Optional<Virtual> virtual,
    Optional<BottleneckConfig> bottlenecks,
    int rank,
    double alpha,
    Map<String, Integer> ranks,
    Map<String, Double> alphas,
    boolean rankStabilised,
    boolean magnitudes,
    double dropout,
    Bias bias,
    List<String> targets,
    List<String> feedForward,
    List<String> modules,
    Map<String, List<Integer>> tokens,
    Optional<String> base,
    String task,
    boolean transposed) {
  public static final String FILE = "adapter_config.json";

  /// What is added or multiplied.
  public enum Method {
    /// Low-rank additions.
    LORA,
    /// Factors.
    IA3,
    /// Embeddings before each text. Lester et al. 2021, arXiv:2104.08691.
    PROMPT_TUNING,
    /// Keys and values before each text. Li & Liang 2021, arXiv:2101.00190.
    PREFIX_TUNING,
    /// Small networks behind linear layers. Houlsby et al. 2019, arXiv:1902.00751. AdapterHub's, as
    /// PEFT has none.
    BOTTLENECK;

    /// Whether it changes no parameter, and stands before each text.
    public boolean virtual() {
      return this == PROMPT_TUNING || this == PREFIX_TUNING;
    }
  }

  /// What stands before each text.
  ///
  /// @param tokens n
  /// @param layers L, of prefixes; else 0
  /// @param heads K, of prefixes; else 0
  /// @param width K·C of prefixes, D of embeddings; 0 where a file says none
  public record Virtual(int tokens, int layers, int heads, int width) {}

  /// Which biases train.
  public enum Bias {
    NONE,
    ALL,
    /// Those of the layers that are adapted.
    LORA_ONLY
  }

  /// Ways to begin that leave the base as it is.
  private static final Set<String> BEGINNINGS = Set.of("true", "false", "gaussian", "eva");

  public AdapterConfig {
    ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
    alphas = Collections.unmodifiableMap(new LinkedHashMap<>(alphas));
    targets = List.copyOf(targets);
    feedForward = List.copyOf(feedForward);
    modules = List.copyOf(modules);
    tokens = Map.copyOf(tokens);
  }

  /// Reads the file.
  ///
  /// @throws IllegalArgumentException naming what would change the numbers and is not computed
  public static AdapterConfig read(String json) {
    JsonNode node;
    try {
      node = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(FILE + " is no JSON: " + e.getOriginalMessage(), e);
    }
    if (BottleneckConfig.isOne(node)) {
      return bottleneck(node);
    }
    String type = node.path("peft_type").asString("");
    Method method =
        switch (type) {
          case "LORA" -> Method.LORA;
          case "IA3" -> Method.IA3;
          case "PROMPT_TUNING" -> Method.PROMPT_TUNING;
          case "PREFIX_TUNING" -> Method.PREFIX_TUNING;
          default ->
              throw new IllegalArgumentException(
                  "peft_type = %s is not supported; LORA, IA3, PROMPT_TUNING and PREFIX_TUNING are"
                      .formatted(ConfigJson.shortened(type)));
        };
    AdapterFields.refuse(method, node);
    String beginning = node.path("init_lora_weights").asString("true").toLowerCase(Locale.ROOT);
    if (method == Method.LORA && !BEGINNINGS.contains(beginning)) {
      throw new IllegalArgumentException(
          "init_lora_weights = %s began by changing the base, and the file does not say to what; save it with PEFT's path_initial_model_for_weight_conversion, which makes it a plain one"
              .formatted(ConfigJson.shortened(beginning)));
    }
    var ranks = new LinkedHashMap<String, Integer>();
    node.path("rank_pattern")
        .properties()
        .forEach(e -> ranks.put(e.getKey(), e.getValue().asInt(0)));
    var alphas = new LinkedHashMap<String, Double>();
    node.path("alpha_pattern")
        .properties()
        .forEach(e -> alphas.put(e.getKey(), e.getValue().asDouble()));
    int rank = node.path("r").asInt(0);
    double alpha = node.path("lora_alpha").asDouble(8);
    if (method == Method.LORA && (rank < 1 || !(alpha > 0))) {
      throw new IllegalArgumentException(
          "r = %d is below 1, or lora_alpha = %s not above 0".formatted(rank, alpha));
    }
    return new AdapterConfig(
        method,
        method.virtual() ? Optional.of(virtual(node)) : Optional.empty(),
        Optional.empty(),
        rank,
        alpha,
        ranks,
        alphas,
        node.path("use_rslora").asBoolean(false),
        node.path("use_dora").asBoolean(false),
        node.path("lora_dropout").asDouble(0),
        bias(node.path("bias").asString("none")),
        texts(node.path("target_modules")),
        texts(node.path("feedforward_modules")),
        texts(node.path("modules_to_save")),
        tokens(node.path("trainable_token_indices")),
        Optional.ofNullable(node.path("base_model_name_or_path").asString(null))
            .filter(s -> !s.isBlank()),
        node.path("task_type").asString(""),
        node.path("fan_in_fan_out").asBoolean(false));
  }

  private static AdapterConfig bottleneck(JsonNode node) {
    BottleneckConfig own = BottleneckConfig.read(node);
    return bottleneck(
        own,
        Math.max(
            1, (int) (own.width() / node.path("config").path("reduction_factor").asDouble(16))),
        Optional.ofNullable(node.path("model_name").asString(null)).filter(s -> !s.isBlank()));
  }

  /// Of bottlenecks.
  ///
  /// @param rank the width of a network
  public static AdapterConfig bottleneck(BottleneckConfig own, int rank, Optional<String> base) {
    return new AdapterConfig(
        Method.BOTTLENECK,
        Optional.empty(),
        Optional.of(own),
        rank,
        1,
        Map.of(),
        Map.of(),
        false,
        false,
        0,
        Bias.NONE,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        base,
        "",
        false);
  }

  private static Virtual virtual(JsonNode node) {
    int tokens = node.path("num_virtual_tokens").asInt(0);
    int parts = node.path("num_transformer_submodules").asInt(1);
    if (tokens < 1 || parts > 1) {
      throw new IllegalArgumentException(
          "num_virtual_tokens = %d is below 1, or num_transformer_submodules = %d above it, which is of an encoder and a decoder"
              .formatted(tokens, parts));
    }
    return new Virtual(
        tokens,
        node.path("num_layers").asInt(0),
        node.path("num_attention_heads").asInt(0),
        node.path("token_dim").asInt(0));
  }

  private static Bias bias(String name) {
    return switch (name) {
      case "none" -> Bias.NONE;
      case "all" -> Bias.ALL;
      case "lora_only" -> Bias.LORA_ONLY;
      default ->
          throw new IllegalArgumentException(
              "bias = %s is none of none, all and lora_only".formatted(ConfigJson.shortened(name)));
    };
  }

  /// A list of the embedding's, or one for each module.
  private static Map<String, List<Integer>> tokens(JsonNode node) {
    var to = new LinkedHashMap<String, List<Integer>>();
    if (node.isArray()) {
      to.put("", ids(node));
    }
    node.properties().forEach(e -> to.put(e.getKey(), ids(e.getValue())));
    return to;
  }

  private static List<Integer> ids(JsonNode node) {
    var to = new ArrayList<Integer>();
    node.forEach(n -> to.add(n.asInt(-1)));
    return to;
  }

  /// The ids of tokens whose rows in a module are the adapter's own; none where it says none.
  List<Integer> tokens(String module) {
    for (Map.Entry<String, List<Integer>> entry : tokens.entrySet()) {
      String key = entry.getKey();
      if (key.isEmpty() || module.equals(key) || module.endsWith("." + key)) {
        return entry.getValue();
      }
    }
    return List.of();
  }

  /// A list, or one text alone.
  private static List<String> texts(JsonNode node) {
    var to = new ArrayList<String>();
    if (node.isString()) {
      to.add(node.asString());
    }
    node.forEach(n -> to.add(n.asString("")));
    return to;
  }

  /// By how much an addition counts.
  ///
  /// @param module whose it is
  /// @param own its rank
  double scale(String module, int own) {
    double a = alpha;
    for (Map.Entry<String, Double> pattern : alphas.entrySet()) {
      try {
        if (Pattern.matches("(.*\\.)?(" + pattern.getKey() + ")", module)) {
          a = pattern.getValue();
          break;
        }
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "alpha_pattern: «%s» is no pattern".formatted(pattern.getKey()), e);
      }
    }
    return a / (rankStabilised ? Math.sqrt(own) : own);
  }

  /// The file, as PEFT reads it.
  public String json() {
    if (bottlenecks.isPresent()) {
      return bottlenecks.get().json(rank, base);
    }
    ObjectNode to = JsonMapper.shared().createObjectNode();
    if (virtual.isPresent()) {
      return json(to, virtual.get());
    }
    if (!alphas.isEmpty()) {
      ObjectNode own = to.putObject("alpha_pattern");
      alphas.forEach((module, a) -> number(own, module, a));
    }
    to.putNull("auto_mapping");
    base.ifPresentOrElse(
        b -> to.put("base_model_name_or_path", b), () -> to.putNull("base_model_name_or_path"));
    if (method == Method.LORA) {
      to.put("bias", bias.name().toLowerCase(Locale.ROOT));
    }
    to.put("fan_in_fan_out", transposed);
    if (method == Method.IA3) {
      put(to.putArray("feedforward_modules"), feedForward);
    }
    to.put("inference_mode", true);
    to.put(method == Method.LORA ? "init_lora_weights" : "init_ia3_weights", true);
    if (method == Method.LORA) {
      number(to, "lora_alpha", alpha);
      to.put("lora_dropout", dropout);
    }
    if (modules.isEmpty()) {
      to.putNull("modules_to_save");
    } else {
      put(to.putArray("modules_to_save"), modules);
    }
    to.put("peft_type", method.name());
    if (method == Method.LORA) {
      to.put("r", rank);
    }
    if (!ranks.isEmpty()) {
      ObjectNode own = to.putObject("rank_pattern");
      ranks.forEach(own::put);
    }
    put(to.putArray("target_modules"), targets);
    if (task.isEmpty()) {
      to.putNull("task_type");
    } else {
      to.put("task_type", task);
    }
    if (tokens.containsKey("")) {
      tokens.get("").forEach(to.putArray("trainable_token_indices")::add);
    } else if (!tokens.isEmpty()) {
      ObjectNode own = to.putObject("trainable_token_indices");
      new TreeMap<>(tokens).forEach((module, ids) -> ids.forEach(own.putArray(module)::add));
    }
    if (method == Method.LORA) {
      to.put("use_dora", magnitudes);
      to.put("use_rslora", rankStabilised);
    }
    return to.toPrettyString() + "\n";
  }

  private String json(ObjectNode to, Virtual own) {
    to.putNull("auto_mapping");
    to.put("base_model_name_or_path", base.orElse(null));
    to.put("inference_mode", true);
    if (own.heads() > 0) {
      to.put("num_attention_heads", own.heads());
      to.put("num_layers", own.layers());
    }
    to.put("num_transformer_submodules", 1);
    to.put("num_virtual_tokens", own.tokens());
    to.put("peft_type", method.name());
    if (method == Method.PREFIX_TUNING) {
      to.put("prefix_projection", false);
    } else {
      to.put("prompt_tuning_init", "RANDOM");
    }
    to.put("task_type", task.isEmpty() ? null : task);
    to.put("token_dim", own.width());
    return to.toPrettyString() + "\n";
  }

  private static void number(ObjectNode to, String field, double value) {
    if (value == Math.rint(value)) {
      to.put(field, (long) value);
    } else {
      to.put(field, value);
    }
  }

  private static void put(ArrayNode to, List<String> texts) {
    texts.forEach(to::add);
  }
}
