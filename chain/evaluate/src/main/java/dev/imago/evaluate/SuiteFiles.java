package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import dev.imago.suites.ItemValue;
import dev.imago.suites.MetricScore;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.ScoredItem;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An evaluation on disk: `results.json`, and of each task `items-TASK.jsonl`, a line an item,
/// which `evaluate compare` reads too.
public final class SuiteFiles {
  /// The file of all scores.
  public static final String RESULTS = "results.json";

  private static final JsonMapper JSON = JsonMapper.shared();

  private SuiteFiles() {}

  /// The file of a task's items.
  public static String items(String task) {
    return "items-" + task.replaceAll("[^\\w.-]", "_") + ".jsonl";
  }

  /// Writes an outcome.
  ///
  /// @param contamination of its tasks, by name, as far as it was looked for
  /// @param lineage of the model, where it is an artifact
  public static void write(
      SuiteEvaluation.Outcome outcome,
      Map<String, Contamination.Split> contamination,
      Optional<ModelLineage> lineage,
      Path folder) {
    for (SuiteEvaluation.TaskResult task : outcome.tasks()) {
      AtomicFile.write(
          folder.resolve(items(task.task().name())),
          out -> {
            for (ScoredItem item : task.items()) {
              line(out, item(item, contamination.get(task.task().name())));
            }
          });
    }
    AtomicFile.write(
        folder.resolve(RESULTS),
        out ->
            out.write(
                JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(json(outcome, contamination, lineage))));
  }

  private static void line(OutputStream out, ObjectNode node) throws java.io.IOException {
    out.write((JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// All scores as one object.
  public static ObjectNode json(
      SuiteEvaluation.Outcome outcome,
      Map<String, Contamination.Split> contamination,
      Optional<ModelLineage> lineage) {
    ObjectNode all = JSON.createObjectNode();
    all.put("model", outcome.model());
    all.put("identity", outcome.identity());
    ObjectNode tasks = all.putObject("tasks");
    for (SuiteEvaluation.TaskResult result : outcome.tasks()) {
      ObjectNode task = tasks.putObject(result.task().name());
      task.put("version", result.task().version());
      task.put("num_fewshot", result.task().shots());
      task.put("items", result.items().size());
      task.put("available", result.task().available());
      task.put("asked", asked(result));
      scores(task.putArray("scores"), result.scores());
      Contamination.Split split = contamination.get(result.task().name());
      if (split != null) {
        ObjectNode read = task.putObject("contamination");
        read.put("items", split.leaks().size());
        read.put("share", (double) split.leaks().size() / result.items().size());
        scores(read.putArray("scores_without"), split.without());
      }
    }
    ObjectNode groups = all.putObject("groups");
    for (SuiteEvaluation.GroupResult result : outcome.groups()) {
      ObjectNode group = groups.putObject(result.group().name());
      result.group().tasks().forEach(group.putArray("tasks")::add);
      scores(group.putArray("scores"), result.scores());
    }
    outcome.notes().forEach(all.putArray("notes")::add);
    ObjectNode cost = all.putObject("cost");
    outcome.cost().into(cost);
    lineage.ifPresent(l -> l.into(all));
    return all;
  }

  /// The tasks of an earlier evaluation in the same folder that asked something else: whose file,
  /// data or options have changed since.
  ///
  /// @throws dev.imago.core.InputException where there is a broken one
  public static List<String> changed(SuiteEvaluation.Outcome outcome, Path folder) {
    if (!Files.exists(folder.resolve(RESULTS))) {
      return List.of();
    }
    Map<String, StoredEvaluation.Task> before = StoredEvaluation.read(folder).tasks();
    return outcome.tasks().stream()
        .filter(
            t -> {
              StoredEvaluation.Task old = before.get(t.task().name());
              return old != null && !old.asked().equals(asked(t));
            })
        .map(t -> t.task().name())
        .toList();
  }

  /// What of a task tells whether two evaluations asked the same: a hash of all asks and of what is
  /// right.
  private static String asked(SuiteEvaluation.TaskResult result) {
    var digest = Hashing.sha256();
    for (ScoredItem item : result.items()) {
      String line = JSON.writeValueAsString(item.item().requests()) + item.item().gold() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Hashing.hex(digest).substring(0, 16);
  }

  private static void scores(ArrayNode to, List<MetricScore> scores) {
    for (MetricScore score : scores) {
      ObjectNode node = to.addObject();
      node.put("metric", score.metric());
      node.put("filter", score.filter());
      node.put("value", score.value());
      score.standardError().ifPresent(e -> node.put("stderr", e));
      if (!Double.isNaN(score.interval().low())) {
        node.put("low", score.interval().low());
        node.put("high", score.interval().high());
      }
      node.put("items", score.items());
      node.put("higher_is_better", score.higherIsBetter());
    }
  }

  private static ObjectNode item(ScoredItem scored, Contamination.@Nullable Split read) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", scored.item().id());
    boolean first = true;
    for (Map.Entry<String, Map<String, ItemValue>> filter : scored.values().entrySet()) {
      for (Map.Entry<String, ItemValue> value : filter.getValue().entrySet()) {
        double own = value.getValue().own();
        if (Double.isFinite(own)) {
          node.put(first ? value.getKey() : value.getKey() + "," + filter.getKey(), own);
        }
      }
      first = false;
    }
    node.put("gold", scored.item().gold());
    if (scored.told() >= 0) {
      node.put("told", scored.item().choices().get(scored.told()));
      scored.probabilities().forEach(node.putArray("probabilities")::add);
    }
    if (read != null) {
      read.leaks().stream()
          .filter(leak -> leak.item() == scored.item().id())
          .findFirst()
          .ifPresent(
              leak ->
                  node.putObject("read")
                      .put("kind", leak.kind().words())
                      .put("document", leak.document())
                      .put("there", leak.there()));
    }
    scored.answers().forEach(node.putObject("answers")::put);
    ArrayNode requests = node.putArray("asked");
    for (int i = 0; i < scored.item().requests().size(); i++) {
      requests.add(ask(scored.item().requests().get(i), scored.replies().get(i)));
    }
    node.set("row", JSON.valueToTree(new LinkedHashMap<>(scored.item().row())));
    return node;
  }

  private static ObjectNode ask(ModelRequest ask, ModelReply reply) {
    ObjectNode node = JSON.createObjectNode();
    switch (ask) {
      case ModelRequest.Continuation(String context, String continuation) ->
          node.put("context", context).put("continuation", continuation);
      case ModelRequest.Rolling(String text) -> node.put("text", text);
      case ModelRequest.Generation g -> {
        node.put("context", g.context());
        g.until().forEach(node.putArray("until")::add);
        node.put("max_tokens", g.maxTokens());
      }
    }
    switch (reply) {
      case ModelReply.Likelihood(double p, boolean greedy, int tokens) ->
          node.put("log_probability", p).put("greedy", greedy).put("tokens", tokens);
      case ModelReply.Total(double p, int tokens) ->
          node.put("log_probability", p).put("tokens", tokens);
      case ModelReply.Text(String text, int tokens) ->
          node.put("reply", text).put("tokens", tokens);
    }
    return node;
  }
}
