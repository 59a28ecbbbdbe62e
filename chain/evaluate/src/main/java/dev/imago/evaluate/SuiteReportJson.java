package dev.imago.evaluate;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Evaluations side by side as one JSON object: what the page shows, but for the items, which are
/// in the files that it names.
public final class SuiteReportJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final double CONFIDENCE = 0.95;

  private SuiteReportJson() {}

  /// @param models at least one
  /// @param accepted with which each is compared, where there is one
  public static String of(List<StoredEvaluation> models, Optional<StoredEvaluation> accepted) {
    var figures = new ReportFigures(List.copyOf(models));
    double[] goodness = figures.goodness();
    boolean[] front = figures.front();
    ObjectNode all = JSON.createObjectNode();
    all.put("confidence", CONFIDENCE);
    ArrayNode to = all.putArray("models");
    for (int i = 0; i < models.size(); i++) {
      StoredEvaluation model = models.get(i);
      ObjectNode node = to.addObject();
      node.put("model", model.model());
      if (!model.artifact().isEmpty()) {
        node.put("artifact", model.artifact());
      }
      node.put("folder", model.folder().toString());
      node.put("mean_rank_score", goodness[i]).put("on_front", front[i]);
      model.cost().into(node.putObject("cost"));
      training(model, node);
      ObjectNode tasks = node.putObject("tasks");
      for (StoredEvaluation.Task task : model.tasks().values()) {
        task(figures, i, task, tasks.putObject(task.name()));
      }
      model.notes().forEach(node.putArray("notes")::add);
      if (!model.lineage().isEmpty()) {
        model.lineage().forEach(node.putArray("lineage")::add);
      }
    }
    accepted.ifPresent(before -> changes(models, before, all));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }

  private static void training(StoredEvaluation model, ObjectNode node) {
    Optional<LineageCost> training = LineageCost.of(model.lineage());
    if (training.isPresent()) {
      LineageCost t = training.get();
      ObjectNode to = node.putObject("training");
      to.put("seconds", t.seconds());
      if (Double.isFinite(t.joules())) {
        to.put(t.estimated() ? "joules_estimated" : "joules", t.joules());
      }
    }
  }

  private static void task(
      ReportFigures figures, int model, StoredEvaluation.Task task, ObjectNode to) {
    to.put("num_fewshot", task.shots())
        .put("items", task.items().size())
        .put("asked", task.asked());
    to.put(
        "items_file",
        figures.models().get(model).folder().resolve(SuiteFiles.items(task.name())).toString());
    ArrayNode scores = to.putArray("scores");
    for (StoredEvaluation.Score score : task.scores()) {
      ObjectNode node = score(scores, score);
      node.put("rank", ModelRanks.of(figures.models(), task.name(), score.key())[model]);
    }
    if (task.read() >= 0) {
      ObjectNode read = to.putObject("contamination");
      read.put("items", task.read());
      read.put("share", (double) task.read() / Math.max(1, task.items().size()));
      ArrayNode without = read.putArray("scores_without");
      task.without().forEach(s -> score(without, s));
    }
    ReportFigures.certainty(task)
        .ifPresent(
            c ->
                to.putObject("calibration")
                    .put("error", c.error())
                    .put("bins", ReportFigures.BINS)
                    .put("items", c.sure().length));
    ReportFigures.confusion(task).ifPresent(c -> confusion(c, to.putArray("confusion")));
  }

  private static ObjectNode score(ArrayNode to, StoredEvaluation.Score score) {
    ObjectNode node = to.addObject();
    node.put("metric", score.metric()).put("filter", score.filter()).put("value", score.value());
    score.low().ifPresent(low -> node.put("low", low));
    score.high().ifPresent(high -> node.put("high", high));
    node.put("items", score.items()).put("higher_is_better", score.higherIsBetter());
    return node;
  }

  private static void confusion(ReportFigures.Confusion confusion, ArrayNode to) {
    for (String gold : confusion.labels()) {
      for (String told : confusion.labels()) {
        List<Integer> items = confusion.items(gold, told);
        if (!items.isEmpty()) {
          ObjectNode cell = to.addObject().put("gold", gold).put("told", told);
          cell.put("count", items.size());
          items.stream().limit(3).forEach(cell.putArray("examples")::add);
        }
      }
    }
  }

  private static void changes(
      List<StoredEvaluation> models, StoredEvaluation before, ObjectNode all) {
    ObjectNode changes = all.putObject("changes");
    changes.put("accepted", before.model()).put("folder", before.folder().toString());
    ArrayNode to = changes.putArray("models");
    for (StoredEvaluation model : models) {
      if (!model.folder().equals(before.folder())) {
        ObjectNode node = to.addObject().put("model", model.model());
        node.set(
            "outcomes",
            json(SuiteGate.outcomes(model, before, List.of(), Optional.empty(), CONFIDENCE)));
      }
    }
  }

  /// Outcomes of a gate.
  public static ArrayNode json(List<SuiteGate.Outcome> outcomes) {
    ArrayNode all = JSON.createArrayNode();
    for (SuiteGate.Outcome o : outcomes) {
      ObjectNode node = all.addObject();
      node.put("task", o.task()).put("metric", o.metric());
      node.put("value", o.value()).put("accepted", o.accepted());
      node.put("difference", o.difference().value());
      node.put("low", o.difference().low()).put("high", o.difference().high());
      if (Double.isFinite(o.smallest())) {
        node.put("smallest_difference", o.smallest());
      }
      node.put("p", o.p()).put("verdict", o.verdict()).put("passes", o.passes());
      o.flipped().forEach(node.putArray("flipped")::add);
    }
    return all;
  }
}
