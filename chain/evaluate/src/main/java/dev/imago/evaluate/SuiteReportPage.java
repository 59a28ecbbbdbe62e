// Past 400 lines: one page, its marks beside what they show; what it works out is in ReportFigures.
package dev.imago.evaluate;

import dev.imago.core.MarkupText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Evaluations side by side on one page that opens offline: models by tasks with intervals and
/// ranks, cost, calibration, confusion with examples, contamination, and what changed since an
/// accepted model. Every figure leads to its items.
public final class SuiteReportPage {
  /// Items of a task that are shown beside those that a figure leads to; all are in the files.
  private static final int ITEMS = 200;

  private static final int BINS = 10;

  private static final int WIDTH = 240;
  private static final int HEIGHT = 110;

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
  private final ReportFigures figures;
  private final Optional<StoredEvaluation> accepted;
  private final StringBuilder html = new StringBuilder();

  /// The anchors of items that a figure leads to: these are shown, wherever they stand.
  private final Set<String> led = new HashSet<>();

  private SuiteReportPage(List<StoredEvaluation> models, Optional<StoredEvaluation> accepted) {
    this.models = models;
    this.figures = new ReportFigures(models);
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
    curves();
    lineage();
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
    return "m" + model + "-" + plain(task);
  }

  private void scores() {
    add(
        "<h2>Scores</h2>\n"
            + "<p>With 95 % intervals. Models that the items do not tell apart share a rank"
            + " (#).</p>\n"
            + "<table><tr><th>task<th>metric");
    models.forEach(m -> add("<th>" + text(m.model())));
    add("</tr>\n");
    for (String task : figures.tasks()) {
      for (String key : figures.metrics(task)) {
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
    double[] goodness = figures.goodness();
    boolean[] front = figures.front();
    add(
        "<h2>Cost</h2>\n"
            + "<table><tr><th>model<th>answers computed<th>seconds<th>seconds an answer<th>tokens"
            + " of answers<th>joules<th>peak memory<th>training: seconds<th>joules<th>mean rank"
            + " score<th>on the front</tr>\n");
    for (int i = 0; i < models.size(); i++) {
      EvaluationCost cost = models.get(i).cost();
      Optional<LineageCost> training = LineageCost.of(models.get(i).lineage());
      add(
          "<tr><td>%s<td class=n>%,d<td class=n>%.1f<td class=n>%s<td class=n>%,d<td class=n>%s<td class=n>%s<td class=n>%s<td class=n>%s<td class=n>%s<td>%s</tr>\n"
              .formatted(
                  text(models.get(i).model()),
                  cost.answers(),
                  cost.seconds(),
                  cost.answers() > 0 ? number(cost.secondsAnAnswer()) : "kept from before",
                  cost.tokens(),
                  joules(cost.joules(), cost.estimated()),
                  cost.peakBytes() > 0 ? "%,d MB".formatted(cost.peakBytes() / 1_000_000) : "–",
                  training.map(t -> "%,.0f".formatted(t.seconds())).orElse("–"),
                  training.map(t -> joules(t.joules(), t.estimated())).orElse("–"),
                  number(goodness[i]),
                  front[i] ? "yes" : ""));
    }
    add(
        "</table>\n"
            + "<p><small>The front: no other model is both as good, by the mean over tasks of what"
            + " share of the models it is ranked before or beside, and as fast. Joules are what the"
            + " processor's counters say, other programs included; «estimated» ones are a declared"
            + " power (IMAGO_TDP_WATTS) times the time. Memory is the process's.</small></p>\n");
  }

  private static String joules(double joules, boolean estimated) {
    return Double.isNaN(joules)
        ? "–"
        : String.format(Locale.ROOT, "%,.0f%s", joules, estimated ? " estimated" : "");
  }

  /// How the losses of a model went, and of those that it was made from.
  private void curves() {
    if (models.stream()
        .flatMap(m -> m.lineage().stream())
        .noneMatch(made -> made.path("curve").isArray())) {
      return;
    }
    add("<h2>Learning curves</h2>\n");
    for (StoredEvaluation model : models) {
      for (JsonNode made : model.lineage()) {
        if (made.path("curve").isArray()) {
          add("<figure><svg width=%d height=%d role=img>".formatted(WIDTH, HEIGHT));
          line(made.path("curve"), "loss", "#7aa6da", "");
          line(made.path("curve"), "developmentLoss", "#d08030", "4");
          line(made.path("curve"), "heldoutLoss", "#40a060", "4");
          add(
              "</svg><figcaption>%s: %s, %s; %s</figcaption></figure>\n"
                  .formatted(
                      text(model.model()),
                      text(made.path("stage").asString("")),
                      text(made.path("artifact").asString("")),
                      text(ends(made.path("curve")))));
        }
      }
    }
    add(
        "<p><small>Nats a target by step: blue the loss in training, orange on the development"
            + " part, green on held-out text, each between its least and its most.</small></p>\n");
  }

  private static String ends(JsonNode curve) {
    var words = new ArrayList<String>();
    for (String name : List.of("loss", "developmentLoss", "heldoutLoss")) {
      double last = Double.NaN;
      for (JsonNode point : curve) {
        last = point.path(name).asDouble(last);
      }
      if (!Double.isNaN(last)) {
        words.add(name + " " + number(last) + " at the end");
      }
    }
    return String.join(", ", words);
  }

  private void line(JsonNode curve, String name, String colour, String dots) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double last = 0;
    for (JsonNode point : curve) {
      last = Math.max(last, point.path("step").asDouble(0));
      if (point.path(name).isNumber()) {
        low = Math.min(low, point.path(name).doubleValue());
        high = Math.max(high, point.path(name).doubleValue());
      }
    }
    if (low > high) {
      return;
    }
    add(
        "<polyline fill=none stroke-width=1.5 stroke=\"%s\"%s points=\""
            .formatted(colour, dots.isEmpty() ? "" : " stroke-dasharray=" + dots));
    for (JsonNode point : curve) {
      if (point.path(name).isNumber()) {
        double y = high > low ? (point.path(name).doubleValue() - low) / (high - low) : 0.5;
        add(
            String.format(
                Locale.ROOT,
                "%.1f,%.1f ",
                2 + (WIDTH - 4) * point.path("step").asDouble(0) / Math.max(last, 1),
                HEIGHT - 2 - y * (HEIGHT - 4)));
      }
    }
    add("\"/>");
  }

  private void lineage() {
    if (models.stream().allMatch(m -> m.lineage().isEmpty())) {
      return;
    }
    add("<h2>Lineage</h2>\n");
    for (int i = 0; i < models.size(); i++) {
      StoredEvaluation model = models.get(i);
      if (model.lineage().isEmpty()) {
        continue;
      }
      add(
          "<h3 id=\"l%d\">%s</h3>\n<table><tr><th>artifact<th>made by<th>seed<th>of</tr>\n"
              .formatted(i, text(model.model())));
      for (JsonNode made : model.lineage()) {
        String name = made.path("artifact").asString("");
        var inputs = new ArrayList<String>();
        for (JsonNode input : made.path("inputs")) {
          inputs.add(
              "<a href=\"#l%d-%s\">%s</a>"
                  .formatted(i, plain(input.asString("")), text(brief(input.asString("")))));
        }
        add(
            "<tr id=\"l%d-%s\"><td><code>%s</code><td>%s<td class=n>%s<td>%s</tr>\n"
                .formatted(
                    i,
                    plain(name),
                    text(name),
                    made.path("stage").asString("").isEmpty()
                        ? "imported"
                        : text(made.path("stage").asString("")),
                    made.path("seed").asString(""),
                    String.join(" ", inputs)));
      }
      add("</table>\n");
    }
  }

  private String link(String task, int item, String words) {
    led.add(task + "-" + item);
    return "<a href=\"#%s-%d\">%s</a>".formatted(task, item, words);
  }

  private static String plain(String name) {
    return name.replaceAll("[^\\w-]", "_");
  }

  private static String brief(String reference) {
    int slash = reference.indexOf('/');
    return slash < 0 || reference.length() < slash + 13
        ? reference
        : reference.substring(0, slash + 13);
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
              + "<table><tr><th>task<th>metric<th>now<th>accepted<th>difference<th>could"
              + " show<th>p (Holm)<th>verdict<th>items that flipped</tr>\n");
      for (SuiteGate.Outcome o :
          SuiteGate.outcomes(model, before, List.of(), Optional.empty(), 0.95)) {
        var flips = new ArrayList<String>();
        for (int item : o.flipped().subList(0, Math.min(12, o.flipped().size()))) {
          flips.add(link(anchor(i, o.task()), item, String.valueOf(item)));
        }
        add(
            "<tr><td>%s<td>%s<td class=n>%s<td class=n>%s<td class=n>%s <small>%s … %s</small><td class=n>%s<td class=n>%s<td>%s<td>%s%s</tr>\n"
                .formatted(
                    text(o.task()),
                    text(o.metric()),
                    number(o.value()),
                    number(o.accepted()),
                    number(o.difference().value()),
                    number(o.difference().low()),
                    number(o.difference().high()),
                    Double.isNaN(o.smallest()) ? "none" : number(o.smallest()),
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
        Optional<ReportFigures.Certainty> certainty = ReportFigures.certainty(task);
        if (certainty.isPresent()) {
          any = true;
          reliability(i, task, certainty.get());
        }
      }
    }
    if (!any) {
      add("<p>No task has choices with probabilities.</p>\n");
    }
  }

  private void reliability(
      int model, StoredEvaluation.Task task, ReportFigures.Certainty certainty) {
    double[] sure = certainty.sure();
    double[][] bins = new double[BINS][3];
    for (int i = 0; i < sure.length; i++) {
      double[] bin = bins[Math.min(BINS - 1, (int) (sure[i] * BINS))];
      bin[0]++;
      bin[1] += sure[i];
      bin[2] += certainty.right()[i] ? 1 : 0;
    }
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
                2 + 4 * Math.sqrt(bin[0] / sure.length),
                bin[0],
                bin[1] / bin[0],
                bin[2] / bin[0]));
      }
    }
    add(
        "</svg><figcaption><a href=\"#%s\">%s</a>, %s: calibration error %s (%d bins)</figcaption></figure>\n"
            .formatted(
                anchor(model, task.name()),
                text(task.name()),
                text(models.get(model).model()),
                number(certainty.error()),
                ReportFigures.BINS));
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
    Optional<ReportFigures.Confusion> found = ReportFigures.confusion(task);
    if (found.isEmpty()) {
      return;
    }
    Set<String> labels = found.get().labels();
    add(
        "<h3>"
            + text(task.name() + ", " + models.get(model).model())
            + "</h3>\n<table><tr><th>right ↓ told →");
    labels.forEach(l -> add("<th>" + text(l)));
    add("</tr>\n");
    for (String gold : labels) {
      add("<tr><th>" + text(gold));
      for (String told : labels) {
        List<Integer> ids = found.get().items(gold, told);
        add(
            ids.isEmpty()
                ? "<td>0"
                : "<td class=n>%d <small>%s</small>"
                    .formatted(
                        ids.size(),
                        link(
                            anchor(model, task.name()), ids.getFirst(), "item " + ids.getFirst())));
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
                    task.items().size() > ITEMS ? ", the first " + ITEMS + " and those led to" : "",
                    text(file.toString())));
        if (!models.get(i).lineage().isEmpty()) {
          add("<p><small><a href=\"#l" + i + "\">What the model was made of</a></small></p>\n");
        }
        int place = 0;
        for (JsonNode item : task.items()) {
          if (place++ < ITEMS || led.contains(name + "-" + item.path("id").asInt(0))) {
            item(name, item);
          }
        }
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
