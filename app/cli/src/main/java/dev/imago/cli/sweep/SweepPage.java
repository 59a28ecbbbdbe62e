package dev.imago.cli.sweep;

import static dev.imago.core.MarkupText.escaped;

import dev.imago.core.AtomicFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A sweep's page, which opens offline: one picture of all trials, a panel a setting, and the
/// table.
final class SweepPage {
  static final String FILE = "report.html";

  private static final int WIDTH = 300;
  private static final int HEIGHT = 240;
  private static final int LEFT = 56;
  private static final int BOTTOM = 40;
  private static final int TOP = 14;
  private static final int RIGHT = 14;

  /// Of the rungs, the first first; the last one's is the last.
  private static final List<String> COLOURS =
      List.of("#9aa7b4", "#7aa6da", "#5fa55a", "#d9822b", "#c0504d");

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
      table{border-collapse:collapse}td,th{text-align:right;padding:.15rem 1rem .15rem 0;font-variant-numeric:tabular-nums}
      th{font-weight:600}tr.best{font-weight:600}td.why{text-align:left}
      svg{max-width:100%}svg text{fill:currentColor;font-size:11px}
      """;

  private final Sweep.Search search;
  private final List<Trial> trials;
  private final Optional<Trial> best;
  private final StringBuilder html = new StringBuilder();

  private SweepPage(Sweep.Search search, List<Trial> trials, Optional<Trial> best) {
    this.search = search;
    this.trials = trials;
    this.best = best;
  }

  /// @param best nothing while it is not known yet
  static void write(Path folder, Sweep.Search search, List<Trial> trials, Optional<Trial> best) {
    var page = new SweepPage(search, trials, best);
    page.page();
    AtomicFile.write(folder.resolve(FILE), page.html.toString());
  }

  private void page() {
    String title = "sweep of " + search.recipe();
    html.append("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n<title>")
        .append(escaped(title))
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n<p>")
        .append(
            escaped(
                "%d combinations, seed %d; %s of %s, %s"
                    .formatted(
                        search.combinations().size(),
                        search.seed(),
                        search.metric().figure(),
                        search.step(),
                        search.metric().unit())))
        .append("</p>\n");
    best.ifPresent(
        b ->
            html.append("<p>The best: trial ")
                .append(b.number())
                .append(", ")
                .append(Metric.said(b.value()))
                .append(" with ")
                .append(escaped(said(b.settings())))
                .append("</p>\n"));
    picture();
    table();
    html.append("</html>\n");
  }

  private static String said(Map<String, String> settings) {
    var words = new ArrayList<String>();
    settings.forEach((name, value) -> words.add(name + "=" + value));
    return String.join(" ", words);
  }

  /// A panel for each setting, across all of which the metric is the same axis.
  private void picture() {
    List<Trial> done = trials.stream().filter(Trial::done).toList();
    double low = done.stream().mapToDouble(Trial::value).min().orElse(0);
    double high = done.stream().mapToDouble(Trial::value).max().orElse(1);
    List<String> names = search.space().names();
    int across = Math.min(3, names.size());
    int down = (names.size() + across - 1) / across;
    html.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">%n"
            .formatted(across * WIDTH, down * HEIGHT, across * WIDTH));
    for (int i = 0; i < names.size(); i++) {
      html.append(
          "<g transform=\"translate(%d %d)\">%n"
              .formatted(i % across * WIDTH, i / across * HEIGHT));
      panel(names.get(i), done, low, high);
      html.append("</g>\n");
    }
    html.append("</svg>\n");
  }

  private void panel(String name, List<Trial> done, double low, double high) {
    SearchRange range = Objects.requireNonNull(search.space().ranges().get(name), name);
    List<String> ticks = range.ends();
    double right = WIDTH - RIGHT;
    double floor = HEIGHT - BOTTOM;
    html.append(
        String.format(
            Locale.ROOT,
            "<path d=\"M%d %d V%.0f H%.0f\" fill=\"none\" stroke=\"currentColor\""
                + " stroke-opacity=\".4\"/>%n",
            LEFT,
            TOP,
            floor,
            right));
    for (double at : new double[] {low, (low + high) / 2, high}) {
      text(LEFT - 6, y(at, low, high) + 4, "end", Metric.said(at));
    }
    for (String tick : ticks) {
      text(x(range.place(tick)), floor + 15, "middle", tick);
    }
    text((LEFT + right) / 2, HEIGHT - 8, "middle", name);
    for (Trial trial : done) {
      String said = trial.settings().get(name);
      if (said == null) {
        continue;
      }
      boolean first = best.filter(b -> b.equals(trial)).isPresent();
      html.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"%s><title>%s</title></circle>%n",
              x(range.place(said)),
              y(trial.value(), low, high),
              first ? "6" : "4",
              colour(trial.rung()),
              first ? " stroke=\"currentColor\"" : "",
              escaped(
                  "trial %d%s: %s, %s"
                      .formatted(
                          trial.number(),
                          trial.budget().isEmpty() ? "" : ", budget " + trial.budget(),
                          Metric.said(trial.value()),
                          said(trial.settings())))));
    }
  }

  private String colour(int rung) {
    int fromLast = search.halving().rungs() - 1 - rung;
    return COLOURS.get(Math.max(0, COLOURS.size() - 1 - fromLast));
  }

  private static double x(double place) {
    return LEFT + 10 + place * (WIDTH - LEFT - RIGHT - 20);
  }

  private static double y(double value, double low, double high) {
    double share = high > low ? (value - low) / (high - low) : 0.5;
    return HEIGHT - BOTTOM - 8 - share * (HEIGHT - BOTTOM - TOP - 16);
  }

  private void text(double x, double y, String anchor, String words) {
    html.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            escaped(words)));
  }

  private void table() {
    boolean rungs = search.halving().rungs() > 1;
    html.append("<h2>Trials</h2>\n<table>\n<tr><th>trial</th>");
    if (rungs) {
      html.append("<th>").append(escaped(search.halving().setting())).append("</th>");
    }
    search.space().names().forEach(n -> html.append("<th>").append(escaped(n)).append("</th>"));
    html.append("<th>").append(escaped(search.metric().figure())).append("</th><th>seconds</th>");
    html.append("<th>left</th></tr>\n");
    for (Trial trial : trials) {
      html.append(best.filter(b -> b.equals(trial)).isPresent() ? "<tr class=\"best\">" : "<tr>");
      cell(String.valueOf(trial.number()));
      if (rungs) {
        cell(trial.budget());
      }
      search.space().names().forEach(n -> cell(trial.settings().getOrDefault(n, "")));
      if (trial.done()) {
        cell(Metric.said(trial.value()));
        cell(String.format(Locale.ROOT, "%.1f", trial.seconds()));
        cell(trial.left().replaceFirst("(/.{12}).*", "$1"));
      } else {
        html.append("<td class=\"why\" colspan=\"3\">failed: ")
            .append(escaped(trial.failed()))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private void cell(String text) {
    html.append("<td>").append(escaped(text)).append("</td>");
  }
}
