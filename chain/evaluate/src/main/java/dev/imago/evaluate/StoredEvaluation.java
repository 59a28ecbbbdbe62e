package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An evaluation as it was written: its scores, and the items of each task.
///
/// @param folder where `results.json` is
/// @param tasks by name
/// @param artifact the model's reference; empty where it is none of a workspace
/// @param lineage of an artifact: what it was made of, the model first, as `results.json` has it
public record StoredEvaluation(
    Path folder,
    String model,
    Map<String, Task> tasks,
    List<String> notes,
    EvaluationCost cost,
    String artifact,
    List<JsonNode> lineage) {
  /// A metric of a task.
  ///
  /// @param key as items have it: with the filter where it is not the first
  public record Score(
      String metric,
      String filter,
      String key,
      double value,
      OptionalDouble low,
      OptionalDouble high,
      int items,
      boolean higherIsBetter) {}

  /// @param asked a hash of all that was asked and is right
  /// @param read items that the model has read; −1 where none was looked for
  /// @param without scores without these
  public record Task(
      String name,
      String asked,
      int shots,
      List<Score> scores,
      int read,
      List<Score> without,
      List<JsonNode> items) {
    public Task {
      scores = List.copyOf(scores);
      without = List.copyOf(without);
      items = List.copyOf(items);
    }
  }

  /// Reads a folder.
  ///
  /// @throws InputException for one that holds no evaluation, or a broken one
  public static StoredEvaluation read(Path folder) {
    Path file = folder.resolve(SuiteFiles.RESULTS);
    JsonNode all = json(file);
    var tasks = new LinkedHashMap<String, Task>();
    for (Map.Entry<String, JsonNode> entry : all.path("tasks").properties()) {
      JsonNode task = entry.getValue();
      JsonNode read = task.path("contamination");
      tasks.put(
          entry.getKey(),
          new Task(
              entry.getKey(),
              task.path("asked").asString(""),
              task.path("num_fewshot").asInt(0),
              scores(task.path("scores")),
              read.isObject() ? read.path("items").asInt(0) : -1,
              scores(read.path("scores_without")),
              items(folder.resolve(SuiteFiles.items(entry.getKey())))));
    }
    if (tasks.isEmpty()) {
      throw new InputException(file + " holds no tasks; `imago evaluate suite` writes it");
    }
    var notes = new ArrayList<String>();
    all.path("notes").forEach(n -> notes.add(n.asString("")));
    return new StoredEvaluation(
        folder,
        all.path("model").asString(""),
        tasks,
        notes,
        EvaluationCost.of(all.path("cost")),
        all.path("artifact").asString(""),
        all.path("lineage").valueStream().toList());
  }

  private static JsonNode json(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new InputException("%s: not JSON (%s)".formatted(file, e.getOriginalMessage()), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new InputException(
          "there is no %s: name a folder that `imago evaluate suite` has written (--out)"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static List<Score> scores(JsonNode nodes) {
    var scores = new ArrayList<Score>();
    String first = nodes.path(0).path("filter").asString("none");
    for (JsonNode node : nodes) {
      String metric = node.path("metric").asString("");
      String filter = node.path("filter").asString("none");
      scores.add(
          new Score(
              metric,
              filter,
              filter.equals(first) ? metric : metric + "," + filter,
              node.path("value").asDouble(Double.NaN),
              number(node.path("low")),
              number(node.path("high")),
              node.path("items").asInt(0),
              node.path("higher_is_better").asBoolean(true)));
    }
    return scores;
  }

  private static OptionalDouble number(JsonNode node) {
    return node.isNumber() ? OptionalDouble.of(node.doubleValue()) : OptionalDouble.empty();
  }

  private static List<JsonNode> items(Path file) {
    var items = new ArrayList<JsonNode>();
    try {
      int line = 0;
      for (String each : Files.readAllLines(file)) {
        line++;
        try {
          items.add(JsonMapper.shared().readTree(each));
        } catch (JacksonException e) {
          throw new InputException("%s, line %d: not JSON".formatted(file, line), e);
        }
      }
      return items;
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }
}
