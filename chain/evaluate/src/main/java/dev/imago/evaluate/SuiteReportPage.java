// Past 400 lines: one page, its marks beside what they show.
package dev.imago.evaluate;

import dev.imago.core.MarkupText;
import dev.imago.metrics.ProbabilityScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Evaluations side by side on one page that opens offline: models by tasks with intervals and
/// ranks, cost, calibration, confusion with examples, contamination, and what changed since an
/// accepted model. Every figure leads to its items.
public final class SuiteReportPage {
  /// Items of a task that are shown; all are in the files beside.
  private static final int ITEMS = 200;

  private static final int BINS = 10;
  private static final int MOST_LABELS = 20;

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.45 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem}
      table{border-collapse:collapse}td,th{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top}
      td.n{font-variant-numeric:tabular-nums}small{opacity:.75}.first{font-weight:600}
      .said{white-space:pre-wrap;font-family:ui-monospace,monospace;font-size:.85em}
      summary{cursor:pointer}figure{margin:0;display:inline-block}figcaption{font-size:.85rem}
      """;

  private final List<StoredEvaluation> models;
  private final Optional<StoredEvaluation> accepted;
  private final StringBuilder html = new StringBuilder();

  private SuiteReportPage(List<StoredEvaluation> models, Optional<StoredEvaluation> accepted) {
    this.models = models;
    this.accepted = accepted;
  }

  /// The page.
  ///
  /// @param models at least one
  /// @param accepted with which each is compared, where there is one
  public static String of(List<StoredEvaluation> models, Optional<StoredEvaluation> accepted) {
    var page = new SuiteReportPage(List.copyOf(models), accepted);
    page.write();
    return page.html.toString();
  }

  private void write() {
    add("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n<title>Evaluation</title>\n");
    add("<style>\n" + STYLE + "</style>\n<h1>Evaluation</h1>\n");
    scores();
    cost();
    changes();
    contamination();
    calibration();
    confusion();
    items();
    add("</html>\n");
  }

  private void add(String text) {
    html.append(text);
  }

  private static String text(String text) {
    return MarkupText.escaped(text).replace("\"", "&quot;");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1e5 ? "%.4f" : "%.3e", value);
  }

  private String anchor(int model, String task) {
    return "m" + model + "-" + task.replaceAll("[^\\w-]", "_");
  }

  private Set<String> tasks() {
    var names = new LinkedHashSet<String>();
    models.forEach(m -> names.addAll(m.tasks().keySet()));
    return names;
  }

  private Set<String> metrics(String task) {
    var keys = new LinkedHashSet<String>();
    for (StoredEvaluation model : models) {
      Optional.ofNullable(model.tasks().get(task))
          .ifPresent(t -> t.scores().forEach(s -> keys.add(s.key())));
    }
    return keys;
  }

  private void scores() {
    add(
        "<h2>Scores</h2>\n"
            + "<p>With 95 % intervals. Models that the items do not tell apart share a rank"
            + " (#).</p>\n"
            + "<table><tr><th>task<th>metric");
    models.forEach(m -> add("<th>" + text(m.model())));
    add("</tr>\n");
    for (String task : tasks()) {
      for (String key : metrics(task)) {
        int[] ranks = ModelRanks.of(models, task, key);
        add("<tr><td>" + text(task) + "<td>" + text(key));
        for (int i = 0; i < models.size(); i++) {
          Optional<StoredEvaluation.Score> score = ModelRanks.score(models.get(i), task, key);
          add("<td class=\"n" + (ranks[i] == 1 && models.size() > 1 ? " first" : "") + "\">");
          if (score.isPresent()) {
            StoredEvaluation.Score s = score.get();
            add("<a href=\"#" + anchor(i, task) + "\">" + number(s.value()) + "</a> <small>");
            if (s.low().isPresent()) {
              add(number(s.low().getAsDouble()) + " … " + number(s.high().orElse(Double.NaN)));
            }
            add(" n = " + s.items() + (models.size() > 1 ? " #" + ranks[i] : "") + "</small>");
          }
        }
        add("</tr>\n");
      }
    }
    add("</table>\n");
    for (StoredEvaluation model : models) {
      model
          .notes()
          .forEach(n -> add("<p><small>" + text(model.model() + ": " + n) + "</small></p>\n"));
    }
  }

  private void cost() {
    double[] goodness = new double[models.size()];
    double[] seconds = new double[models.size()];
    for (int i = 0; i < models.size(); i++) {
      goodness[i] = goodness(models.get(i));
      StoredEvaluation m = models.get(i);
      seconds[i] = m.answers() == 0 ? Double.NaN : m.seconds() / m.answers();
    }
    boolean[] front = ModelRanks.front(goodness, seconds);
    add(
        "<h2>Cost</h2>\n"
            + "<table><tr><th>model<th>answers computed<th>seconds<th>seconds an answer<th>tokens"
            + " of answers<th>mean rank score<th>on the front</tr>\n");
    for (int i = 0; i < models.size(); i++) {
      StoredEvaluation m = models.get(i);
      boolean timed = m.answers() > 0;
      add(
          "<tr><td>%s<td class=n>%,d<td class=n>%.1f<td class=n>%s<td class=n>%,d<td class=n>%s<td>%s</tr>\n"
              .formatted(
                  text(m.model()),
                  m.answers(),
                  m.seconds(),
                  timed ? number(seconds[i]) : "kept from before",
                  m.tokens(),
                  number(goodness[i]),
                  timed && front[i] ? "yes" : ""));
    }
    add(
        "</table>\n"
            + "<p><small>The front: no other model is both as good, by the mean over tasks of what"
            + " share of the models it is ranked before or beside, and as fast.</small></p>\n");
  }

  private double goodness(StoredEvaluation model) {
    int at = models.indexOf(model);
    double sum = 0;
    int count = 0;
    for (String task : tasks()) {
      Optional<String> first = metrics(task).stream().findFirst();
      if (first.isPresent()) {
        int rank = ModelRanks.of(models, task, first.get())[at];
        sum += rank == 0 ? 0 : 1 - (rank - 1.0) / models.size();
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private void changes() {
    if (accepted.isEmpty()) {
      return;
    }
    StoredEvaluation before = accepted.get();
    add("<h2>Since " + text(before.model()) + "</h2>\n");
    for (int i = 0; i < models.size(); i++) {
      StoredEvaluation model = models.get(i);
      if (model.folder().equals(before.folder())) {
        continue;
      }
      add(
          "<h3>"
              + text(model.model())
              + "</h3>\n"
              + "<table><tr><th>task<th>metric<th>now<th>accepted<th>difference<th>p"
              + " (Holm)<th>verdict<th>items that flipped</tr>\n");
      for (SuiteGate.Outcome o :
          SuiteGate.outcomes(model, before, List.of(), Optional.empty(), 0.95)) {
        var flips = new ArrayList<String>();
        for (int item : o.flipped().subList(0, Math.min(12, o.flipped().size()))) {
          flips.add("<a href=\"#%s-%d\">%d</a>".formatted(anchor(i, o.task()), item, item));
        }
        add(
            "<tr><td>%s<td>%s<td class=n>%s<td class=n>%s<td class=n>%s <small>%s … %s</small><td class=n>%s<td>%s<td>%s%s</tr>\n"
                .formatted(
                    text(o.task()),
                    text(o.metric()),
                    number(o.value()),
                    number(o.accepted()),
                    number(o.difference().value()),
                    number(o.difference().low()),
                    number(o.difference().high()),
                    number(o.p()),
                    o.verdict(),
                    String.join(" ", flips),
                    o.flipped().size() > 12 ? " and " + (o.flipped().size() - 12) + " more" : ""));
      }
      add("</table>\n");
    }
  }

  private void contamination() {
    if (models.stream().noneMatch(m -> m.tasks().values().stream().anyMatch(t -> t.read() >= 0))) {
      add("<h2>Contamination</h2>\n<p>Not looked for (<code>--contamination</code>).</p>\n");
      return;
    }
    add(
        "<h2>Contamination</h2>\n"
            + "<table><tr><th>model<th>task<th>items it has"
            + " read<th>metric<th>with<th>without</tr>\n");
    for (int i = 0; i < models.size(); i++) {
      for (StoredEvaluation.Task task : models.get(i).tasks().values()) {
        if (task.read() < 0) {
          continue;
        }
        for (StoredEvaluation.Score score : task.scores()) {
          Optional<StoredEvaluation.Score> without =
              task.without().stream().filter(s -> s.key().equals(score.key())).findFirst();
          add(
              "<tr><td>%s<td><a href=\"#%s\">%s</a><td class=n>%d of %d<td>%s<td class=n>%s<td class=n>%s</tr>\n"
                  .formatted(
                      text(models.get(i).model()),
                      anchor(i, task.name()),
                      text(task.name()),
                      task.read(),
                      task.items().size(),
                      text(score.key()),
                      number(score.value()),
                      without.map(s -> number(s.value())).orElse("none left")));
        }
      }
    }
    add("</table>\n");
  }

  /// How sure a model is of what it chooses, beside how often it is right.
  private void calibration() {
    add("<h2>Calibration</h2>\n");
    boolean any = false;
    for (int i = 0; i < models.size(); i++) {
      for (StoredEvaluation.Task task : models.get(i).tasks().values()) {
        List<JsonNode> chosen =
            task.items().stream().filter(n -> n.path("probabilities").isArray()).toList();
        if (!chosen.isEmpty()) {
          any = true;
          reliability(i, task, chosen);
        }
      }
    }
    if (!any) {
      add("<p>No task has choices with probabilities.</p>\n");
    }
  }

  private void reliability(int model, StoredEvaluation.Task task, List<JsonNode> items) {
    double[] sure = new double[items.size()];
    boolean[] right = new boolean[items.size()];
    double[][] bins = new double[BINS][3];
    for (int i = 0; i < items.size(); i++) {
      for (JsonNode p : items.get(i).path("probabilities")) {
        sure[i] = Math.max(sure[i], Math.min(1, p.doubleValue()));
      }
      right[i] = items.get(i).path("told").equals(items.get(i).path("gold"));
      double[] bin = bins[Math.min(BINS - 1, (int) (sure[i] * BINS))];
      bin[0]++;
      bin[1] += sure[i];
      bin[2] += right[i] ? 1 : 0;
    }
    double error = ProbabilityScores.calibrationError(sure, right, 15, ProbabilityScores.Norm.MEAN);
    add(
        "<figure><svg width=170 height=130 viewBox=\"0 0 170 130\" role=img><path d=\"M20 110L160"
            + " 10\" stroke=\"gray\" stroke-dasharray=\"3\"/><path d=\"M20 10V110H160\""
            + " fill=\"none\" stroke=\"currentColor\"/>");
    for (double[] bin : bins) {
      if (bin[0] > 0) {
        add(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#36c\""
                    + " fill-opacity=\".7\"><title>%.0f items: sure %.3f, right"
                    + " %.3f</title></circle>",
                20 + 140 * bin[1] / bin[0],
                110 - 100 * bin[2] / bin[0],
                2 + 4 * Math.sqrt(bin[0] / items.size()),
                bin[0],
                bin[1] / bin[0],
                bin[2] / bin[0]));
      }
    }
    add(
        "</svg><figcaption><a href=\"#%s\">%s</a>, %s: calibration error %s (15 bins)</figcaption></figure>\n"
            .formatted(
                anchor(model, task.name()),
                text(task.name()),
                text(models.get(model).model()),
                number(error)));
  }

  private void confusion() {
    add("<h2>Confusion</h2>\n");
    for (int i = 0; i < models.size(); i++) {
      for (StoredEvaluation.Task task : models.get(i).tasks().values()) {
        confusion(i, task);
      }
    }
  }

  private void confusion(int model, StoredEvaluation.Task task) {
    var labels = new TreeSet<String>();
    var cells = new LinkedHashMap<String, List<Integer>>();
    for (JsonNode item : task.items()) {
      if (item.path("told").isString()) {
        String gold = item.path("gold").asString("");
        String told = item.path("told").stringValue();
        labels.add(gold);
        labels.add(told);
        cells
            .computeIfAbsent(gold + "\0" + told, _ -> new ArrayList<>())
            .add(item.path("id").asInt(0));
      }
    }
    // Choices that are each item's own are no labels.
    if (labels.isEmpty()
        || labels.size() > MOST_LABELS
        || labels.size() > task.items().size() / 2) {
      return;
    }
    add(
        "<h3>"
            + text(task.name() + ", " + models.get(model).model())
            + "</h3>\n<table><tr><th>right ↓ told →");
    labels.forEach(l -> add("<th>" + text(l)));
    add("</tr>\n");
    for (String gold : labels) {
      add("<tr><th>" + text(gold));
      for (String told : labels) {
        List<Integer> ids = cells.getOrDefault(gold + "\0" + told, List.of());
        add(
            ids.isEmpty()
                ? "<td>0"
                : "<td class=n>%d <small><a href=\"#%s-%d\">item %d</a></small>"
                    .formatted(
                        ids.size(), anchor(model, task.name()), ids.getFirst(), ids.getFirst()));
      }
      add("</tr>\n");
    }
    add("</table>\n");
  }

  private void items() {
    add("<h2>Items</h2>\n");
    for (int i = 0; i < models.size(); i++) {
      for (StoredEvaluation.Task task : models.get(i).tasks().values()) {
        String name = anchor(i, task.name());
        Path file = models.get(i).folder().resolve(SuiteFiles.items(task.name()));
        add(
            "<details id=\"%s\" open><summary>%s, %s: %,d items%s (all in <code>%s</code>)</summary>\n"
                .formatted(
                    name,
                    text(task.name()),
                    text(models.get(i).model()),
                    task.items().size(),
                    task.items().size() > ITEMS ? ", the first " + ITEMS : "",
                    text(file.toString())));
        task.items().stream().limit(ITEMS).forEach(item -> item(name, item));
        add("</details>\n");
      }
    }
  }

  private void item(String task, JsonNode item) {
    int id = item.path("id").asInt(0);
    var line = new ArrayList<String>();
    for (Map.Entry<String, JsonNode> value : item.properties()) {
      if (value.getValue().isNumber() && !value.getKey().equals("id")) {
        line.add(value.getKey() + " " + number(value.getValue().doubleValue()));
      }
    }
    add(
        "<details id=\"%s-%d\"><summary>%d: %s <small>%s</small></summary><div class=said>"
            .formatted(
                task,
                id,
                id,
                text(shortly(item.path("gold").asString(""))),
                text(String.join(", ", line))));
    for (JsonNode ask : item.path("asked")) {
      add(text(ask.path("context").asString("") + ask.path("text").asString("")));
      add(
          "<b>"
              + text(ask.path("continuation").asString("") + ask.path("reply").asString(""))
              + "</b>");
      JsonNode p = ask.path("log_probability");
      add((p.isNumber() ? " <small>" + number(p.doubleValue()) + "</small>" : "") + "<hr>");
    }
    item.path("answers")
        .properties()
        .forEach(a -> add(text(a.getKey() + ": " + a.getValue().asString("")) + "<br>"));
    JsonNode read = item.path("read");
    if (read.isObject()) {
      add(
          "It has read %s of it in %s:<br>%s<br>"
              .formatted(
                  text(read.path("kind").asString("")),
                  text(read.path("document").asString("")),
                  text(read.path("there").asString(""))));
    }
    add(text(item.path("row").toString()) + "</div></details>\n");
  }

  private static String shortly(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }
}
