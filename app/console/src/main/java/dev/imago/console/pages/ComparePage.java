package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.runs.RunEntry;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;

/// Runs side by side: only what differs in their settings, their last values, their curves over
/// each other.
public final class ComparePage {
  /// More lines than that in one picture are told apart by nobody.
  public static final int MOST = 12;

  private static final int ROWS = 200;

  private final PageFrame frame;
  private final CurvesView curves;

  public ComparePage(PageFrame frame, CurvesView curves) {
    this.frame = frame;
    this.curves = curves;
  }

  public Element page(Visit visit, List<RunEntry> runs) {
    String title = visit.words().of("compare.title");
    Element heading = Element.of("h1", Content.text(title));
    if (runs.size() < 2) {
      return frame.page(
          visit,
          title,
          false,
          heading,
          Element.of("p", "empty", visit.words().of("compare.none")),
          Element.of("p", Element.of("a", visit.words().text("nav.runs")).to(Link.to("runs"))));
    }
    Link to = Link.to("compare");
    for (RunEntry run : runs) {
      to = to.with("run", run.key());
    }
    return frame.page(
        visit,
        title,
        true,
        heading,
        differences(visit, runs),
        curves.section(visit, runs, to),
        last(visit, runs));
  }

  private static Element differences(Visit visit, List<RunEntry> runs) {
    var names = new TreeSet<String>();
    runs.forEach(r -> names.addAll(List.of(r.settings().names())));
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("compare.settings")));
    Element table =
        table(
            visit,
            runs,
            names.stream()
                .filter(n -> runs.stream().map(r -> r.settings().get(n)).distinct().count() > 1)
                .toList(),
            (run, name) -> run.settings().get(name));
    Element states = Element.of("p").is("states");
    runs.forEach(
        r -> states.add(Element.of("span", Snippets.run(r), Snippets.state(visit, r.state()))));
    return section.add(states, Snippets.scrolling(visit.words().of("compare.settings"), table));
  }

  private static Element last(Visit visit, List<RunEntry> runs) {
    var names = new TreeSet<String>();
    runs.forEach(r -> names.addAll(List.of(r.last().names())));
    Element table =
        table(
            visit,
            runs,
            List.copyOf(names),
            (run, name) -> run.last().has(name) ? visit.words().number(run.last().get(name)) : "");
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("compare.last")),
        Snippets.scrolling(visit.words().of("compare.last"), table));
  }

  private static Element table(
      Visit visit,
      List<RunEntry> runs,
      List<String> names,
      BiFunction<RunEntry, String, String> cell) {
    Element heads =
        Element.of("tr", Element.of("th", visit.words().text("compare.name")).with("scope", "col"));
    for (RunEntry run : runs) {
      heads.add(
          Element.of("th", Element.of("a", Content.text(run.id())).to(Snippets.link(run)))
              .with("scope", "col"));
    }
    Element body = Element.of("tbody");
    for (String name : names.subList(0, Math.min(ROWS, names.size()))) {
      Element row = Element.of("tr", Element.of("th", Content.text(name)).with("scope", "row"));
      runs.forEach(r -> row.add(Element.of("td", "value", cell.apply(r, name))));
      body.add(row);
    }
    return Element.of("table", Element.of("thead", heads), body).is("compare");
  }
}
