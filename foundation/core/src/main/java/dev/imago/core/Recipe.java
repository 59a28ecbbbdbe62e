package dev.imago.core;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// One reproducible run of the chain, as its YAML file tells it:
///
/// ```yaml
/// name: quickstart
/// seed: 42
/// stages:            # in order; a step is named as its stage, or says `stage: NAME`
///   collect: { sources: ["${jdk}/lib/src.zip"] }
///   prepare: { }     # what is not set keeps its default
/// serve: { port: 8080 }
/// ```
///
/// A step's inputs are bound to the latest earlier output of the same name and kind; `inputs:
/// {base: tune.tuned}` binds one by hand, `inputs: {base: weights/3f2a}` one that lies in the
/// workspace, and a list binds several where a stage takes several.
///
/// @param folds in how many parts labels are dealt out, each held out once; 0 for none. What that
///   means for the steps is the caller's business
/// @param steps in order
/// @param serve settings of the server that the recipe ends with
public record Recipe(String name, long seed, int folds, List<Step> steps, ObjectNode serve) {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(tools.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /// One entry of `stages`.
  ///
  /// @param id its name in the recipe
  /// @param stage the stage's name
  /// @param inputs bound by hand: input name → `step.output` or `kind/hash`, one or several
  /// @param settings for the stage's config
  public record Step(
      String id, String stage, Map<String, List<String>> inputs, ObjectNode settings) {
    public Step {
      inputs = Map.copyOf(inputs);
    }
  }

  public Recipe {
    if (folds != 0) {
      Bounds.whole("folds", folds, 2, 100, "5 or 10 are usual, 0 for none");
    }
    steps = List.copyOf(steps);
  }

  /// Reads a recipe.
  ///
  /// @param overrides `step.setting=value`, `seed=value` or `folds=value`, values as in YAML
  /// @param variables what `${name}` stands for, such as `jdk`
  /// @throws ConfigException for what is no recipe
  public static Recipe read(Path file, List<String> overrides, Map<String, String> variables) {
    JsonNode tree;
    try {
      tree = YAML.readTree(Files.readString(file));
    } catch (JacksonException e) {
      String at =
          e.getLocation() == null ? "" : ", line " + Math.max(1, e.getLocation().getLineNr());
      throw new ConfigException(
          "%s%s: not YAML (%s)".formatted(file, at, firstLine(e.getOriginalMessage())), e);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + " is not UTF-8, and a recipe is a text file of YAML", e);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          "no recipe at %s; `ls recipes` shows those that come with Imago".formatted(file), e);
    } catch (IOException e) {
      throw new ConfigException(
          Files.isDirectory(file)
              ? file + " is a folder, and a recipe is a file; documents are named with --input"
              : "cannot read the recipe %s: %s".formatted(file, e.getMessage()),
          e);
    }
    if (!(tree instanceof ObjectNode top)) {
      throw new ConfigException(file + " holds no recipe: it takes name, seed, folds and stages");
    }
    for (String override : overrides) {
      apply(top, override);
    }
    return of(file, substitute(top, variables));
  }

  private static Recipe of(Path file, ObjectNode top) {
    Set<String> known = Set.of("name", "seed", "folds", "stages", "serve");
    for (String key : top.propertyNames()) {
      if (!known.contains(key)) {
        throw new ConfigException(
            "%s: no such key as «%s»%s (a step's own are named step.setting)"
                .formatted(file, key, Nearest.hint(key, known)));
      }
    }
    record Head(String name, long seed, int folds) {}
    ObjectNode head = JSON.createObjectNode();
    head.setAll(top);
    head.remove(List.of("stages", "serve"));
    String fileName = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    Head read = Binder.bind("recipe", head, new Head(fileName, 42, 0));
    if (!(top.get("stages") instanceof ObjectNode stages) || stages.isEmpty()) {
      throw new ConfigException(file + ": «stages» is missing; it lists what the recipe runs");
    }
    var steps = new ArrayList<Step>();
    for (Map.Entry<String, JsonNode> entry : stages.properties()) {
      steps.add(step(entry.getKey(), entry.getValue()));
    }
    return new Recipe(
        read.name(), read.seed(), read.folds(), steps, fields("serve", top.get("serve")));
  }

  private static Step step(String id, JsonNode body) {
    ObjectNode settings = JSON.createObjectNode();
    settings.setAll(fields("stages." + id, body));
    JsonNode stage = settings.remove("stage");
    var inputs = new TreeMap<String, List<String>>();
    String place = "stages." + id + ".inputs";
    for (Map.Entry<String, JsonNode> bound :
        fields(place, settings.remove("inputs")).properties()) {
      inputs.put(bound.getKey(), names(place + "." + bound.getKey(), bound.getValue()));
    }
    return new Step(
        id, stage == null ? id : text("stages." + id + ".stage", stage), inputs, settings);
  }

  /// What stands at a place that takes names with values; nothing is an empty one.
  private static ObjectNode fields(String place, @Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return JSON.createObjectNode();
    }
    if (node instanceof ObjectNode fields) {
      return fields;
    }
    throw new ConfigException("%s = %s, but it takes settings by name".formatted(place, node));
  }

  private static List<String> names(String place, JsonNode node) {
    if (!node.isArray()) {
      return List.of(text(place, node));
    }
    var names = new ArrayList<String>();
    for (int i = 0; i < node.size(); i++) {
      names.add(text(place + "[" + i + "]", node.get(i)));
    }
    return names;
  }

  private static String text(String place, JsonNode node) {
    if (node.isString()) {
      return node.stringValue();
    }
    throw new ConfigException("%s = %s, but it takes a name".formatted(place, node));
  }

  private static void apply(ObjectNode top, String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new ConfigException(
          "«%s» is no override; one is step.setting=value".formatted(override));
    }
    String[] path = override.substring(0, equals).split("\\.", -1);
    String said = override.substring(equals + 1);
    JsonNode value;
    try {
      // `*` begins an alias in YAML, which nothing here could mean: a pattern, as of names, it is.
      value = said.startsWith("*") ? StringNode.valueOf(said) : YAML.readTree(said);
    } catch (JacksonException e) {
      throw new ConfigException("«%s»: the value is not YAML".formatted(override), e);
    }
    ObjectNode at = top;
    if (path.length > 1 && !path[0].equals("serve")) {
      if (!(top.get("stages") instanceof ObjectNode stages) || !stages.has(path[0])) {
        List<String> valid = new ArrayList<>();
        if (top.get("stages") instanceof ObjectNode stages) {
          valid.addAll(stages.propertyNames());
        }
        throw new ConfigException(
            "%s: the recipe has no step «%s»%s"
                .formatted(override, path[0], Nearest.hint(path[0], valid)));
      }
      at = stages;
    }
    for (int i = 0; i + 1 < path.length; i++) {
      at = at.get(path[i]) instanceof ObjectNode inner ? inner : at.putObject(path[i]);
    }
    at.set(path[path.length - 1], value == null ? JSON.nullNode() : value);
  }

  private static ObjectNode substitute(ObjectNode tree, Map<String, String> variables) {
    return (ObjectNode) substituteNode(tree, variables);
  }

  private static JsonNode substituteNode(JsonNode node, Map<String, String> variables) {
    if (node instanceof ObjectNode fields) {
      ObjectNode changed = JSON.createObjectNode();
      fields
          .properties()
          .forEach(e -> changed.set(e.getKey(), substituteNode(e.getValue(), variables)));
      return changed;
    }
    if (node.isArray()) {
      var changed = JSON.createArrayNode();
      node.forEach(e -> changed.add(substituteNode(e, variables)));
      return changed;
    }
    if (!node.isString() || !node.stringValue().contains("${")) {
      return node;
    }
    Matcher matcher = VARIABLE.matcher(node.stringValue());
    return JSON.getNodeFactory()
        .stringNode(
            matcher.replaceAll(
                m -> {
                  String value = variables.get(m.group(1));
                  if (value == null) {
                    throw new ConfigException(
                        "%s: no such variable%s"
                            .formatted(m.group(), Nearest.hint(m.group(1), variables.keySet())));
                  }
                  return Matcher.quoteReplacement(value);
                }));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
