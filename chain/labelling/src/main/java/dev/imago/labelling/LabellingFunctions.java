package dev.imago.labelling;

import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.TaskKind;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.regex.OnigRegex;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Labelling functions, as a YAML file declares them:
///
/// ```yaml
/// functions:
///   - name: praise
///     label: good
///     keywords: [great, wonderful]     # whole words, in any case
///   - name: refund
///     label: bad
///     regex: "(?i)refund|never again"
///   - name: cities
///     label: LOC
///     list: cities.txt                 # beside this file, a phrase a line
///   - name: reviews
///     model: reviews.linear            # or weights/3f2a, a folder, http://127.0.0.1:8080
///     labels: {positive: good}         # the task's by the model's; others abstain
///     at-least: 0.8
/// ```
public final class LabellingFunctions {
  private static final List<String> FIELDS =
      List.of("name", "label", "keywords", "regex", "list", "model", "labels", "at-least");
  private static final List<String> KINDS = List.of("keywords", "regex", "list", "model");
  private static final int MOST = 200;
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final AnnotationTask task;
  private final Function<String, ItemProposer> models;

  private LabellingFunctions(
      Path file, AnnotationTask task, Function<String, ItemProposer> models) {
    this.file = file;
    this.task = task;
    this.models = models;
  }

  /// @param models opens a model by its name; whoever calls closes it
  /// @throws ConfigException naming the file and what is wrong in it
  public static List<LabellingFunction> read(
      Path file, AnnotationTask task, Function<String, ItemProposer> models) {
    try {
      return new LabellingFunctions(file, task, models).parse(Files.readString(file));
    } catch (ConfigException e) {
      throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + " is not UTF-8, and functions are a text file of YAML", e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private List<LabellingFunction> parse(String yaml) throws IOException {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JacksonException e) {
      throw new ConfigException(
          "not YAML (%s)".formatted(e.getOriginalMessage().lines().findFirst().orElse("")), e);
    }
    JsonNode list = tree.path("functions");
    if (tree.size() != 1 || !list.isArray() || list.isEmpty() || list.size() > MOST) {
      throw new ConfigException(
          "a file of functions has one field, functions, a list of 1 to %d".formatted(MOST));
    }
    List<LabellingFunction> functions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode each : list) {
      String name = each.path("name").asString("");
      if (name.isBlank() || !names.add(name)) {
        throw new ConfigException(
            "function %d %s"
                .formatted(
                    functions.size() + 1,
                    name.isBlank() ? "has no name" : "is named as another is: " + name));
      }
      try {
        functions.add(new LabellingFunction(name, rule(each)));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("function %s: %s".formatted(name, e.getMessage()), e);
      }
    }
    return functions;
  }

  private LabellingFunction.Rule rule(JsonNode of) throws IOException {
    for (String field : of.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "%s is no field of a function%s".formatted(field, Nearest.hint(field, FIELDS)));
      }
    }
    List<String> kinds = KINDS.stream().filter(of::has).toList();
    if (kinds.size() != 1) {
      throw new IllegalArgumentException(
          "give one of %s%s"
              .formatted(
                  String.join(", ", KINDS),
                  kinds.isEmpty() ? "" : "; here are " + String.join(", ", kinds)));
    }
    String kind = kinds.getFirst();
    for (String field : kind.equals("model") ? List.of("label") : List.of("labels", "at-least")) {
      if (of.has(field)) {
        throw new IllegalArgumentException("%s has no %s".formatted(kind, field));
      }
    }
    return switch (kind) {
      case "keywords" -> new LabellingFunction.Rule.Phrases(label(of), phrases(of.get("keywords")));
      case "list" -> new LabellingFunction.Rule.Phrases(label(of), list(text(of, "list")));
      case "regex" ->
          new LabellingFunction.Rule.Expression(label(of), OnigRegex.compile(text(of, "regex")));
      default -> model(of);
    };
  }

  /// A model by itself, whose labels are the task's.
  ///
  /// @throws ConfigException where none of them is
  public static LabellingFunction ofModel(String name, AnnotationTask task, ItemProposer proposer) {
    try {
      return new LabellingFunction(
          name, new LabellingFunction.Rule.Model(proposer, same(task, proposer), 0));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s: %s (in a file of --functions)".formatted(name, e.getMessage()), e);
    }
  }

  private static Map<String, String> same(AnnotationTask task, ItemProposer proposer) {
    Map<String, String> labels = new LinkedHashMap<>();
    task.labelNames().forEach(name -> labels.put(name, name));
    if (!proposer.labels().isEmpty() && proposer.labels().stream().noneMatch(labels::containsKey)) {
      throw new IllegalArgumentException(
          "the model tells %s, none of which is a label of the task; say which is which with labels: {%s: %s}"
              .formatted(
                  String.join(", ", proposer.labels()),
                  proposer.labels().getFirst(),
                  task.labelNames().isEmpty() ? "…" : task.labelNames().getFirst()));
    }
    return labels;
  }

  private LabellingFunction.Rule model(JsonNode of) {
    JsonNode least = of.path("at-least");
    if (!least.isMissingNode()
        && !(least.isNumber() && least.asDouble() >= 0 && least.asDouble() <= 1)) {
      throw new IllegalArgumentException("at-least = %s is outside 0 … 1".formatted(least));
    }
    JsonNode given = of.path("labels");
    if (!given.isMissingNode() && !given.isObject()) {
      throw new IllegalArgumentException(
          "labels = %s is no map of the model's labels to the task's".formatted(given));
    }
    Map<String, String> labels = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : given.properties()) {
      labels.put(each.getKey(), known(each.getValue().asString("")));
    }
    ItemProposer proposer = models.apply(text(of, "model"));
    for (String name : labels.keySet()) {
      if (!proposer.labels().isEmpty() && !proposer.labels().contains(name)) {
        throw new IllegalArgumentException(
            "labels: the model has no «%s»%s"
                .formatted(name, Nearest.hint(name, proposer.labels())));
      }
    }
    return new LabellingFunction.Rule.Model(
        proposer, labels.isEmpty() ? same(task, proposer) : labels, least.asDouble(0));
  }

  private String label(JsonNode of) {
    if (!of.has("label")) {
      throw new IllegalArgumentException("label is missing: which one does it propose?");
    }
    return known(text(of, "label"));
  }

  private String known(String label) {
    if (!task.labelNames().contains(label)) {
      throw new IllegalArgumentException(
          "«%s» is no label of the task%s"
              .formatted(label, Nearest.hint(label, task.labelNames())));
    }
    return label;
  }

  private static String text(JsonNode of, String field) {
    JsonNode value = of.get(field);
    if (value == null || value.isObject() || value.isArray() || value.asString("").isBlank()) {
      throw new IllegalArgumentException("%s = %s is no text".formatted(field, value));
    }
    return value.asString();
  }

  private static PhraseFinder phrases(JsonNode keywords) {
    List<String> phrases = new ArrayList<>();
    for (JsonNode each : keywords.isArray() ? keywords : List.of(keywords)) {
      if (each.isObject() || each.isArray()) {
        throw new IllegalArgumentException("keywords has %s, which is no word".formatted(each));
      }
      phrases.add(each.asString());
    }
    return some(phrases, "keywords");
  }

  private PhraseFinder list(String name) {
    Path list = file.toAbsolutePath().resolveSibling(name);
    if (!Files.isRegularFile(list)) {
      throw new IllegalArgumentException("list = %s: there is no file %s".formatted(name, list));
    }
    try {
      return some(Files.readAllLines(list), "list = " + name);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "list = %s is not UTF-8, and phrases are a line each of a text file".formatted(name), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", list, e);
    }
  }

  private static PhraseFinder some(List<String> phrases, String what) {
    var finder = new PhraseFinder(phrases);
    if (finder.size() == 0) {
      throw new IllegalArgumentException(what + " holds no phrase");
    }
    return finder;
  }

  /// Whether functions propose something for tasks of a kind.
  public static boolean serve(TaskKind kind) {
    return kind == TaskKind.CHOICE || kind == TaskKind.SCALE || kind == TaskKind.SPANS;
  }
}
