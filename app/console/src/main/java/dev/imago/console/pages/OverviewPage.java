package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.runs.RunCatalog;
import dev.imago.console.runs.RunEntry;
import dev.imago.console.runs.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What runs now, what needs attention, what ended last.
public final class OverviewPage {
  /// A run that has said nothing for so long may hang.
  private static final long SILENT_MILLIS = 5 * 60_000L;

  /// Failures of the last days need attention; older ones have had it.
  private static final long RECENT_MILLIS = 3 * 86_400_000L;

  private static final int MOST = 8;
  private static final long FEW_BYTES = 2L << 30;
  private static final double SMALL_SHARE = 0.05;

  private final PageFrame frame;
  private final RunCatalog catalog;
  private final Path workspace;

  public OverviewPage(PageFrame frame, RunCatalog catalog, Path workspace) {
    this.frame = frame;
    this.catalog = catalog;
    this.workspace = workspace;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.overview");
    RunCatalog.Snapshot now = catalog.snapshot();
    Element live =
        Element.of("div")
            .with("id", "live")
            .gets(Link.to())
            .with("hx-select", "#live")
            .with("hx-swap", "outerHTML")
            .with("hx-trigger", "pulse from:body");
    live.add(running(visit, now), attention(visit, now), ended(visit, now));
    return frame.page(visit, title, false, Element.of("h1", Content.text(title)), live);
  }

  private static Element running(Visit visit, RunCatalog.Snapshot now) {
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("overview.running")));
    List<RunEntry> going =
        now.runs().stream().filter(r -> r.state() == RunState.RUNNING).limit(MOST).toList();
    if (going.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("overview.running.none")));
    }
    Element cards = Element.of("div").is("cards");
    for (RunEntry run : going) {
      var facts = new LinkedHashMap<String, Content>();
      facts.put(visit.words().of("field.took"), Content.text(visit.words().span(run.seconds())));
      facts.put(visit.words().of("run.heard"), Snippets.time(visit, run.heard()));
      for (String metric : List.of("step", "loss", "heldoutLoss", "tokensPerSecond")) {
        if (run.last().has(metric)) {
          facts.put(
              visit.words().of("metric." + metric),
              Content.text(visit.words().number(run.last().get(metric))));
        }
      }
      cards.add(
          Element.of(
                  "article",
                  Element.of(
                      "h3",
                      Element.of(
                              "a",
                              Content.text(
                                  visit.words().of("run.title", Snippets.title(run), run.recipe())))
                          .to(Snippets.link(run))
                          .with("id", "now-" + run.key())),
                  Snippets.facts(facts))
              .is("card"));
    }
    return section.add(cards);
  }

  private Element attention(Visit visit, RunCatalog.Snapshot now) {
    var points = new ArrayList<Element>();
    room()
        .ifPresent(
            bytes ->
                points.add(point(visit.words().text("overview.disk", visit.words().bytes(bytes)))));
    for (Map.Entry<String, String> problem : now.problems().entrySet()) {
      if (points.size() < MOST) {
        points.add(
            point(visit.words().text("overview.problem", problem.getKey(), problem.getValue())));
      }
    }
    if (now.problems().size() > MOST) {
      points.add(
          point(
              Content.text(
                  visit.words().count("overview.problems.more", now.problems().size() - MOST))));
    }
    long present = visit.now().toEpochMilli();
    int told = 0;
    for (RunEntry run : now.runs()) {
      String about = told < MOST ? trouble(run, present) : "";
      if (!about.isEmpty()) {
        told++;
        points.add(
            Element.of(
                "li",
                Snippets.state(visit, run.state()),
                Snippets.run(run),
                Element.of(
                    "span", "because", visit.words().of(about, Snippets.brief(run.error(), 240))),
                Snippets.time(visit, run.heard())));
      }
    }
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("overview.attention")));
    return section.add(
        points.isEmpty()
            ? Element.of("p", "empty", visit.words().of("overview.attention.none"))
            : Element.of("ul").is("attention").add(points));
  }

  private static Element point(Content text) {
    return Element.of("li", Element.of("span", text).is("because"));
  }

  /// The text that says what is wrong with a run; empty where nothing is.
  private static String trouble(RunEntry run, long present) {
    if (run.state() == RunState.RUNNING) {
      if (run.last().has("loss") && !Double.isFinite(run.last().get("loss"))) {
        return "overview.notFinite";
      }
      return present - run.heard() > SILENT_MILLIS ? "overview.silent" : "";
    }
    if (present - run.heard() > RECENT_MILLIS) {
      return "";
    }
    return switch (run.state()) {
      case FAILED -> "overview.failed";
      case KILLED -> "overview.killed";
      case RUNNING, DONE, LOGGED -> "";
    };
  }

  /// The bytes that are left on the workspace's disk, where they are few.
  private java.util.Optional<Long> room() {
    try {
      var store = Files.getFileStore(workspace);
      long left = store.getUsableSpace();
      return left < FEW_BYTES || left < store.getTotalSpace() * SMALL_SHARE
          ? java.util.Optional.of(left)
          : java.util.Optional.empty();
    } catch (IOException _) {
      return java.util.Optional.empty();
    }
  }

  private static Element ended(Visit visit, RunCatalog.Snapshot now) {
    Element section = Element.of("section", Element.of("h2", visit.words().text("overview.ended")));
    List<RunEntry> last =
        now.runs().stream().filter(r -> r.state() != RunState.RUNNING).limit(MOST + 4).toList();
    if (last.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("runs.none")));
    }
    Element body = Element.of("tbody");
    for (RunEntry run : last) {
      Element outputs = Element.of("td").is("refs");
      run.outputs().values().stream().sorted().forEach(o -> outputs.add(Snippets.artifact(o)));
      body.add(
          Element.of(
              "tr",
              Element.of("td", Snippets.state(visit, run.state())),
              Element.of("td", Snippets.run(run).with("id", "last-" + run.key())),
              Element.of("td", Content.text(run.recipe())),
              Element.of("td", Snippets.time(visit, run.started())).is("when"),
              Element.of(
                  "td", "number", run.seconds() > 0 ? visit.words().span(run.seconds()) : "–"),
              outputs));
    }
    Element heads = Element.of("tr");
    for (String field : List.of("state", "step", "recipe", "started", "took", "left")) {
      heads.add(
          Element.of("th", visit.words().text("field." + field))
              .with("scope", "col")
              .when(Snippets.isNumber(field), "class", "number"));
    }
    return section.add(
        Snippets.scrolling(
            visit.words().of("overview.ended"),
            Element.of("table", Element.of("thead", heads), body)),
        Element.of("p", Element.of("a", visit.words().text("overview.all")).to(Link.to("runs"))));
  }
}
