package dev.imago.core;

import static dev.imago.core.MarkupText.escaped;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One page of a run that opens offline: what became of it, its curves, tables and notes, every
/// setting, and what its inputs were made of. It is made from the run's other files.
final class RunReport {
  static final String FILE = "report.html";

  /// Points of a curve that are drawn.
  private static final int MOST_POINTS = 800;

  /// Samples that are shown.
  private static final int MOST_SAMPLES = 300;

  private static final int WIDTH = 360;
  private static final int HEIGHT = 120;

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
      table{border-collapse:collapse}td,th{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top}
      th{font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums}
      code,td.k{font-family:ui-monospace,monospace;font-size:.9em}
      .curves{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}figcaption{font-size:.85rem}
      .said td{white-space:pre-wrap}
      ul{padding-left:1.2rem}svg{max-width:100%}
      """;

  private final Function<Ref, Optional<Provenance>> made;
  private final StringBuilder html = new StringBuilder();

  private RunReport(Function<Ref, Optional<Provenance>> made) {
    this.made = made;
  }

  /// Writes the page into the run's folder.
  ///
  /// @param made how an artifact came to be, where that is known
  static void write(Path folder, RunRecord record, Function<Ref, Optional<Provenance>> made) {
    var report = new RunReport(made);
    try {
      report.page(folder, record);
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
    AtomicFile.write(folder.resolve(FILE), report.html.toString());
  }

  private void page(Path folder, RunRecord record) throws IOException {
    String title = "%s of %s".formatted(record.step(), record.recipe());
    html.append("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n<title>")
        .append(escaped(title))
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n");
    var facts = new LinkedHashMap<String, String>();
    facts.put("status", record.status().name().toLowerCase(Locale.ROOT));
    if (!record.error().isEmpty()) {
      facts.put("because", record.error());
    }
    facts.put("began", record.started());
    facts.put("took", String.format(Locale.ROOT, "%.1f s", record.seconds()));
    EnergyUse energy = record.energy();
    if (energy != null) {
      facts.put("energy", energy.text());
    }
    record.outputs().forEach((name, ref) -> facts.put("left " + name, ref));
    facts.put("seed", String.valueOf(record.seed()));
    facts.put("threads", String.valueOf(record.threads()));
    facts.put("machine", record.machine());
    facts.put("code", record.codeVersion());
    rows(facts);
    curves(folder);
    samples(folder);
    tables(folder);
    notes(folder);
    html.append("<h2>Settings</h2>\n");
    var settings = new TreeMap<String, String>();
    flatten("", record.config(), settings);
    rows(settings);
    html.append("<h2>Made from</h2>\n");
    lineage(record.inputs().values().stream().sorted().map(Ref::parse).toList(), new HashSet<>());
    html.append("</html>\n");
  }

  private void rows(Map<String, String> rows) {
    html.append("<table>\n");
    rows.forEach(
        (name, value) ->
            html.append("<tr><td class=\"k\">")
                .append(escaped(name))
                .append("</td><td>")
                .append(escaped(value))
                .append("</td></tr>\n"));
    html.append("</table>\n");
  }

  private static void flatten(String prefix, Map<?, ?> config, Map<String, String> to) {
    config.forEach(
        (name, value) -> {
          String path = prefix.isEmpty() ? String.valueOf(name) : prefix + "." + name;
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            flatten(path, inner, to);
          } else {
            to.put(path, String.valueOf(value));
          }
        });
  }

  private void curves(Path folder) throws IOException {
    Path drawn = folder.resolve("loss.svg");
    Map<String, List<double[]>> series = series(folder.resolve("metrics.jsonl"));
    if (series.isEmpty() && !Files.exists(drawn)) {
      return;
    }
    html.append("<h2>Curves</h2>\n");
    if (Files.exists(drawn)) {
      html.append(Files.readString(drawn));
    }
    html.append("<div class=\"curves\">\n");
    series.forEach(this::curve);
    html.append("</div>\n");
  }

  /// Of each figure, its values by step.
  private static Map<String, List<double[]>> series(Path file) {
    var series = new LinkedHashMap<String, List<double[]>>();
    MetricLines.read(
        file,
        point -> {
          double step = point.getOrDefault("step", 0.0);
          point.forEach(
              (name, value) -> {
                boolean figure = !name.equals("step") && !name.equals("time");
                if (figure && Double.isFinite(value)) { // there is no place for others on a curve
                  series
                      .computeIfAbsent(name, _ -> new ArrayList<>())
                      .add(new double[] {step, value});
                }
              });
        });
    return series;
  }

  private void curve(String name, List<double[]> points) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (double[] point : points) {
      first = Math.min(first, point[0]);
      last = Math.max(last, point[0]);
      low = Math.min(low, point[1]);
      high = Math.max(high, point[1]);
    }
    html.append(
        "<figure><svg width=\"%d\" height=\"%d\" role=\"img\"><polyline fill=\"none\" stroke=\"#7aa6da\" stroke-width=\"1.5\" points=\""
            .formatted(WIDTH, HEIGHT));
    int stride = Math.max(1, points.size() / MOST_POINTS);
    for (int i = 0; i < points.size(); i += stride) {
      double[] point = points.get(i);
      double x = last > first ? (point[0] - first) / (last - first) : 0;
      double y = high > low ? (point[1] - low) / (high - low) : 0.5;
      html.append(
          String.format(
              Locale.ROOT, "%.1f,%.1f ", 2 + x * (WIDTH - 4), HEIGHT - 2 - y * (HEIGHT - 4)));
    }
    html.append("\"/></svg><figcaption><code>")
        .append(escaped(name))
        .append("</code> ")
        .append(
            String.format(
                Locale.ROOT,
                "%.5g at the end, %.5g … %.5g</figcaption></figure>%n",
                points.getLast()[1],
                low,
                high));
  }

  /// What the model wrote on the way, the newest first.
  private void samples(Path folder) throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    var rows = new ArrayList<List<String>>();
    for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      if (!line.contains("\"sample\"")) {
        continue;
      }
      try {
        JsonNode said = Json.MAPPER.readTree(line);
        if (said.path("sample").isString()) {
          rows.addFirst(
              List.of(
                  said.path("step").asString(""),
                  said.path("prompt").asString(""),
                  said.path("sample").asString("")));
        }
      } catch (JacksonException e) {
        continue; // The last line of a run that was killed while it wrote.
      }
    }
    if (!rows.isEmpty()) {
      html.append("<h2>Samples</h2>\n<table class=\"said\">\n");
      cells("th", List.of("step", "after", "it wrote"));
      rows.stream().limit(MOST_SAMPLES).forEach(row -> cells("td", row));
      html.append("</table>\n");
    }
  }

  private void tables(Path folder) {
    Path file = folder.resolve("tables.json");
    if (!Files.exists(file)) {
      return;
    }
    for (RunRecord.Table table : Json.read(file, RunRecord.Table[].class)) {
      html.append("<h2>").append(escaped(table.title())).append("</h2>\n<table>\n");
      cells("th", table.header());
      table.rows().forEach(row -> cells("td", row));
      html.append("</table>\n");
    }
  }

  private void cells(String tag, List<String> cells) {
    html.append("<tr>");
    for (String cell : cells) {
      boolean number = tag.equals("td") && cell.matches("[−-]?[\\d,.]+");
      html.append("<%s%s>".formatted(tag, number ? " class=\"n\"" : ""))
          .append(escaped(cell))
          .append("</%s>".formatted(tag));
    }
    html.append("</tr>\n");
  }

  private void notes(Path folder) throws IOException {
    Path file = folder.resolve("notes.txt");
    if (Files.exists(file)) {
      html.append("<h2>Notes</h2>\n<ul>\n");
      for (String line : Files.readAllLines(file)) {
        html.append("<li>").append(escaped(line)).append("</li>\n");
      }
      html.append("</ul>\n");
    }
  }

  private void lineage(List<Ref> refs, Set<Ref> seen) {
    html.append("<ul>\n");
    for (Ref ref : refs) {
      html.append("<li><code>").append(escaped(ref.brief())).append("</code>");
      if (!seen.add(ref)) {
        html.append(" (above)</li>\n");
        continue;
      }
      made.apply(ref)
          .ifPresent(
              by -> {
                html.append(" by ")
                    .append(escaped(by.stage()))
                    .append(", seed ")
                    .append(by.seed())
                    .append(", code ")
                    .append(escaped(by.codeVersion()));
                lineage(by.inputs(), seen);
              });
      html.append("</li>\n");
    }
    html.append("</ul>\n");
  }
}
