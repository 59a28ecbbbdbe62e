package dev.imago.console.pages;

import dev.imago.console.curves.Axis;
import dev.imago.console.curves.CurveDrawing;
import dev.imago.console.curves.CurveStore;
import dev.imago.console.curves.Points;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Exports;
import dev.imago.console.html.Link;
import dev.imago.console.runs.Asked;
import dev.imago.console.runs.RunEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// Curves of one run or of several over each other: how they are drawn, a picture of each metric
/// with its table and its files. Scripts put a chart that can be zoomed in the picture's place.
public final class CurvesView {
  /// What a reader of a language model's run looks at first.
  private static final List<String> FIRST =
      List.of(
          "loss",
          "heldoutLoss",
          "developmentLoss",
          "tokensPerSecond",
          "learningRate",
          "gradientNorm");

  private static final int CHARTS = 12;
  private static final int TABLE_ROWS = 100;
  private static final int MOST_STRETCHES = 4_000;

  private final CurveStore store;

  public CurvesView(CurveStore store) {
    this.store = store;
  }

  /// What of the curves an address asks for.
  public static CurveStore.Wish wish(Asked asked) {
    return new CurveStore.Wish(
        Axis.of(asked.first("x")),
        Math.clamp(asked.number("smooth").orElse(0.0), 0, 0.999),
        asked.number("from").orElse(Double.NEGATIVE_INFINITY),
        asked.number("to").orElse(Double.POSITIVE_INFINITY),
        asked.whole("px", 700, 50, MOST_STRETCHES));
  }

  /// The lines of one metric, a run each.
  public List<CurveDrawing.Series> series(
      List<RunEntry> runs, String metric, CurveStore.Wish wish) {
    var series = new ArrayList<CurveDrawing.Series>();
    for (RunEntry run : runs) {
      CurveStore.Shown shown = store.curve(run.folder(), metric, wish);
      if (shown.raw().size() > 0) {
        Points faint =
            wish.smoothing() > 0 ? shown.raw() : new Points(new double[0], new double[0]);
        series.add(new CurveDrawing.Series(label(run), shown.smooth(), faint));
      }
    }
    return series;
  }

  static String label(RunEntry run) {
    return run.id();
  }

  /// The section with the form and the pictures.
  ///
  /// @param runs whose curves are drawn over each other
  /// @param to the page that the form asks again
  Element section(Visit visit, List<RunEntry> runs, Link to) {
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("curves.title")))
            .is("curves")
            .with("id", "curves");
    var names = new TreeSet<String>();
    double share = 1;
    for (RunEntry run : runs) {
      CurveStore.Known known = store.known(run.folder());
      names.addAll(known.names());
      share = Math.min(share, known.share());
      for (String problem : known.problems()) {
        section.add(Element.of("p", "problem", problem));
      }
    }
    if (names.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("curves.none")));
    }
    String wanted = visit.asked().first("m").toLowerCase(Locale.ROOT);
    List<String> found = found(names, wanted);
    section.add(form(visit, to, wanted));
    if (share < 1) {
      section.add(
          Element.of("p", "hint", visit.words().of("curves.share", Math.floor(share * 100))));
    }
    int pages = Math.max(1, (found.size() + CHARTS - 1) / CHARTS);
    int page = visit.asked().whole("charts", 1, 1, pages);
    if (found.size() > CHARTS) {
      section.add(
          Element.of(
              "p",
              "hint",
              visit.words().of("curves.some", Math.min(CHARTS, found.size()), found.size())));
    }
    Element grid = Element.of("div").is("figures");
    found.stream()
        .skip((long) (page - 1) * CHARTS)
        .limit(CHARTS)
        .forEach(metric -> grid.add(figure(visit, runs, metric)));
    section.add(grid);
    if (pages > 1) {
      section.add(turn(visit, page, pages));
    }
    return section;
  }

  private static Element turn(Visit visit, int page, int pages) {
    Element turn =
        Element.of("nav").is("pages").with("aria-label", visit.words().of("pages.label"));
    if (page > 1) {
      turn.add(
          Element.of("a", visit.words().text("pages.before"))
              .to(visit.here().only("charts", Integer.toString(page - 1))));
    }
    turn.add(Element.of("span", visit.words().text("pages.at", page, pages)));
    if (page < pages) {
      turn.add(
          Element.of("a", visit.words().text("pages.after"))
              .to(visit.here().only("charts", Integer.toString(page + 1))));
    }
    return turn;
  }

  private static List<String> found(TreeSet<String> names, String wanted) {
    var found = new ArrayList<String>();
    FIRST.stream().filter(names::contains).forEach(found::add);
    names.stream().filter(n -> !FIRST.contains(n)).forEach(found::add);
    if (!wanted.isEmpty()) {
      found.removeIf(n -> !n.toLowerCase(Locale.ROOT).contains(wanted));
    }
    return found;
  }

  private static Element form(Visit visit, Link to, String wanted) {
    Element form = Element.of("form").is("drawing").to(new Link(to.path(), List.of()));
    to.query()
        .forEach(
            e ->
                form.add(
                    Element.of("input")
                        .with("type", "hidden")
                        .with("name", e.getKey())
                        .with("value", e.getValue())));
    Axis chosen = Axis.of(visit.asked().first("x"));
    Element along = Element.of("select").with("name", "x");
    for (Axis axis : List.of(Axis.STEP, Axis.TOKENS, Axis.TIME)) {
      along.add(
          Element.of("option", visit.words().text("axis." + axis.word()))
              .with("value", axis.word())
              .when(axis == chosen, "selected"));
    }
    Element smooth =
        Element.of("input")
            .with("type", "number")
            .with("name", "smooth")
            .with("min", "0")
            .with("max", "0.999")
            .with("step", "any")
            .with("inputmode", "decimal")
            .with("value", visit.asked().has("smooth") ? visit.asked().first("smooth") : "0");
    Element log =
        Element.of("input")
            .with("type", "checkbox")
            .with("name", "log")
            .with("value", "1")
            .when(logarithmic(visit.asked()), "checked");
    Element metric =
        Element.of("input")
            .with("type", "search")
            .with("name", "m")
            .with("value", wanted)
            .with("maxlength", 200)
            .with("autocomplete", "off");
    return form.add(
        Element.of("label", visit.words().text("curves.along"), along),
        Element.of("label", visit.words().text("curves.smooth"), smooth),
        Element.of("label", visit.words().text("curves.find"), metric),
        Element.of("label", log, visit.words().text("curves.log")).is("check"),
        Element.of("button", visit.words().text("curves.draw")).with("type", "submit"));
  }

  public static boolean logarithmic(Asked asked) {
    return asked.first("log").equals("1");
  }

  private Element figure(Visit visit, List<RunEntry> runs, String metric) {
    CurveStore.Wish wish = wish(visit.asked());
    List<CurveDrawing.Series> series = series(runs, metric, wish);
    boolean log = logarithmic(visit.asked());
    Link data = Link.to("curves.json").with("m", metric);
    for (RunEntry run : runs) {
      data = data.with("run", run.key());
    }
    for (String name : List.of("x", "smooth", "log")) {
      data = data.only(name, visit.asked().first(name));
    }
    String title = visit.words().of("curves.of", metric);
    Element chart =
        Element.of("div", CurveDrawing.draw(title, series, visit.words()::mark, log, false))
            .is("chart")
            .with("data-curve", data.toString())
            .with("data-axis", visit.words().of("axis." + wish.along().word()))
            .with("data-metric", metric)
            .when(log, "data-log", "1");
    Element caption = Element.of("figcaption", Element.of("strong", Content.text(metric)));
    if (series.size() == 1) {
      Points faint = series.getFirst().faint();
      Points points = faint.size() > 0 ? faint : series.getFirst().points();
      caption.add(Element.of("span", "now", visit.words().number(points.y()[points.size() - 1])));
    }
    Element exports =
        Element.of(
                "span",
                Element.of("a", visit.words().text("export.csv")).to(data.at("curves.csv")),
                Element.of("a", visit.words().text("export.json")).to(data),
                Element.of("a", visit.words().text("export.svg")).to(data.at("curves.svg")))
            .is("exports");
    Element figure = Element.of("figure", caption, chart);
    if (runs.size() > 1) {
      figure.add(legend(series));
    }
    return figure.add(
        Element.of(
                "details",
                Element.of("summary", visit.words().text("curves.table")),
                table(visit, metric, series),
                exports)
            .is("twin"));
  }

  private static Element legend(List<CurveDrawing.Series> series) {
    Element legend = Element.of("ul").is("legend");
    for (int i = 0; i < series.size(); i++) {
      legend.add(
          Element.of(
              "li",
              Element.of("span").is("swatch series-" + i % 8).with("aria-hidden", "true"),
              Content.text(series.get(i).label())));
    }
    return legend;
  }

  private static Element table(Visit visit, String metric, List<CurveDrawing.Series> series) {
    Element table =
        Element.of(
            "table",
            Element.of("caption", visit.words().text("curves.table.of", metric)),
            Element.of(
                "thead",
                Element.of(
                    "tr",
                    Element.of("th", visit.words().text("field.run")).with("scope", "col"),
                    Element.of(
                            "th",
                            visit.words().text("axis." + Axis.of(visit.asked().first("x")).word()))
                        .with("scope", "col"),
                    Element.of("th", Content.text(metric)).with("scope", "col"))));
    Element body = Element.of("tbody");
    for (CurveDrawing.Series each : series) {
      Points points = each.points();
      int every = Math.max(1, (points.size() * series.size() + TABLE_ROWS - 1) / TABLE_ROWS);
      for (int i = 0; i < points.size(); i++) {
        if (i % every == 0 || i == points.size() - 1) {
          body.add(
              Element.of(
                  "tr",
                  Element.of("td", Content.text(each.label())),
                  Element.of("td", "number", visit.words().number(points.x()[i])),
                  Element.of("td", "number", visit.words().number(points.y()[i]))));
        }
      }
    }
    return Snippets.scrolling(visit.words().of("curves.table.of", metric), table.add(body))
        .with(Exports.OWN, "1");
  }
}
