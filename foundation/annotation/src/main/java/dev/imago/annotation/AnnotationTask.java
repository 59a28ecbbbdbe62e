package dev.imago.annotation;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What people are asked, as a YAML file declares it:
///
/// ```yaml
/// task: spans                  # choice, several, scale, spans, text, correction, comparison, …
/// name: people and places
/// question: Who and what is named?
/// guidelines: |
///   Mark whole names, titles left out.
/// labels:
///   - name: PER
///     was: PERSON              # a renamed label: its work is carried over
///     key: p
///     means: a person
/// relations: [lives-in]
/// nested: true                 # spans may lie in and across each other
/// overlap: 2                   # people an item
/// ```
///
/// @param kind what is asked
/// @param name of the task
/// @param question shown above each item
/// @param guidelines shown beside it; empty where there are none
/// @param labels to choose from; none where the kind has none
/// @param relations between spans
/// @param nested whether spans may overlap
/// @param overlap how many people answer each item
public record AnnotationTask(
    TaskKind kind,
    String name,
    String question,
    String guidelines,
    List<Label> labels,
    List<String> relations,
    boolean nested,
    int overlap) {
  private static final List<String> FIELDS =
      List.of("task", "name", "question", "guidelines", "labels", "relations", "nested", "overlap");
  private static final List<String> LABEL_FIELDS = List.of("name", "was", "key", "means");
  private static final int MOST_LABELS = 1_000;
  private static final int MOST_OVERLAP = 100;
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// @param was the name that it had before; empty where it had none
  /// @param key that chooses it; empty where the page gives one
  /// @param means in words; empty where the name says it
  public record Label(String name, String was, String key, String means) {}

  public AnnotationTask {
    labels = List.copyOf(labels);
    relations = List.copyOf(relations);
    Bounds.whole("overlap", overlap, 1, MOST_OVERLAP);
    Bounds.whole("labels", labels.size(), kind.hasLabels() ? 1 : 0, MOST_LABELS);
    if (!kind.hasLabels() && !labels.isEmpty()) {
      throw new ConfigException(
          "labels are for choice, several, scale and spans; leave them out of task: "
              + kind.label());
    }
    if (kind != TaskKind.SPANS && (nested || !relations.isEmpty())) {
      throw new ConfigException(
          "nested and relations are for task: spans; leave them out of task: " + kind.label());
    }
    Set<String> names = new HashSet<>();
    Set<String> keys = new HashSet<>();
    for (Label label : labels) {
      if (label.name.isBlank() || !names.add(label.name)) {
        throw new ConfigException(
            "the label «%s» %s; give each a name of its own"
                .formatted(label.name, label.name.isBlank() ? "has no name" : "stands twice"));
      }
      if (!label.key.isEmpty() && (label.key.length() != 1 || !keys.add(label.key))) {
        throw new ConfigException(
            "key = «%s» of the label «%s» %s; give one character that no other label has"
                .formatted(
                    label.key,
                    label.name,
                    label.key.length() == 1 ? "is another label's" : "is no one character"));
      }
    }
  }

  /// @throws ConfigException naming the file and what is wrong in it
  public static AnnotationTask read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (ConfigException e) {
      throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (MalformedInputException e) {
      throw new ConfigException(file + " is not UTF-8, and a task is a text file of YAML", e);
    } catch (IOException e) {
      throw dev.imago.core.AtomicFile.failure("read", file, e);
    }
  }

  /// @param yaml a task as a file declares it
  public static AnnotationTask parse(String yaml) {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JacksonException e) {
      throw new ConfigException(
          "not YAML (%s)".formatted(e.getOriginalMessage().lines().findFirst().orElse("")), e);
    }
    if (!tree.isObject()) {
      throw new ConfigException("no task: a task begins with `task: choice`, or another kind");
    }
    refuseOthers(tree, FIELDS, "");
    String kind = text(tree, "task");
    int at = TaskKind.names().indexOf(kind);
    if (at < 0) {
      throw new ConfigException(
          kind.isEmpty()
              ? "task is missing; it is one of " + String.join(", ", TaskKind.names())
              : "task = %s is no kind of task%s"
                  .formatted(kind, Nearest.hint(kind, TaskKind.names())));
    }
    List<Label> labels = new ArrayList<>();
    for (JsonNode label : list(tree, "labels")) {
      if (label.isObject()) {
        refuseOthers(label, LABEL_FIELDS, "labels.");
        labels.add(
            new Label(
                text(label, "name"), text(label, "was"), text(label, "key"), text(label, "means")));
      } else {
        labels.add(new Label(scalar(label, "labels"), "", "", ""));
      }
    }
    List<String> relations = new ArrayList<>();
    list(tree, "relations").forEach(relation -> relations.add(scalar(relation, "relations")));
    JsonNode overlap = tree.path("overlap");
    if (!overlap.isMissingNode() && !overlap.isInt()) {
      throw new ConfigException("overlap = %s is no whole number".formatted(overlap));
    }
    JsonNode nested = tree.path("nested");
    if (!nested.isMissingNode() && !nested.isBoolean()) {
      throw new ConfigException("nested = %s is neither true nor false".formatted(nested));
    }
    String name = text(tree, "name");
    return new AnnotationTask(
        TaskKind.values()[at],
        name.isEmpty() ? kind : name,
        text(tree, "question"),
        text(tree, "guidelines"),
        labels,
        relations,
        nested.asBoolean(false),
        overlap.asInt(1));
  }

  private static void refuseOthers(JsonNode node, List<String> known, String before) {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw new ConfigException(
            "%s%s is no setting of a task%s".formatted(before, name, Nearest.hint(name, known)));
      }
    }
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isObject() || value.isArray()) {
      throw new ConfigException("%s is no text".formatted(name));
    }
    return value.isMissingNode() || value.isNull() ? "" : value.asString();
  }

  private static String scalar(JsonNode value, String list) {
    if (value.isObject() || value.isArray()) {
      throw new ConfigException("%s has %s, which is no name".formatted(list, value));
    }
    return value.asString();
  }

  private static Iterable<JsonNode> list(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.isArray()) {
      throw new ConfigException(
          "%s is no list; write it as [a, b] or as lines with «- »".formatted(name));
    }
    return value;
  }

  /// The same answer, its parts in one order: labels of several by their names, whatever order a
  /// version of the task lists them in, spans by their places. Answers that say the same are equal
  /// then.
  public LabelAnswer ordered(LabelAnswer answer) {
    List<String> labels = new ArrayList<>(answer.labels());
    if (kind == TaskKind.SEVERAL) {
      labels.sort(Comparator.naturalOrder());
    }
    List<Integer> order =
        IntStream.range(0, answer.spans().size())
            .boxed()
            .sorted(
                Comparator.comparing(
                    answer.spans()::get,
                    Comparator.comparingInt(MarkedSpan::from)
                        .thenComparingInt(MarkedSpan::to)
                        .thenComparing(MarkedSpan::label)))
            .toList();
    int[] place = new int[order.size()];
    for (int i = 0; i < place.length; i++) {
      place[order.get(i)] = i;
    }
    return new LabelAnswer(
        labels,
        order.stream().map(answer.spans()::get).toList(),
        answer.relations().stream()
            .map(r -> new MarkedSpan.Relation(place[r.head()], place[r.tail()], r.label()))
            .sorted(
                Comparator.comparingInt(MarkedSpan.Relation::head)
                    .thenComparingInt(MarkedSpan.Relation::tail)
                    .thenComparing(MarkedSpan.Relation::label))
            .toList(),
        answer.text());
  }

  public List<String> labelNames() {
    return labels.stream().map(Label::name).toList();
  }
}
