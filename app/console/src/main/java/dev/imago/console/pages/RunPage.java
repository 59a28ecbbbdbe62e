package dev.imago.console.pages;

import dev.imago.accounts.Role;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.runs.RunEntry;
import dev.imago.console.runs.RunMarks;
import dev.imago.console.runs.RunState;
import dev.imago.console.shelf.ArtifactShelf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One run: what became of it, its curves, what it printed and said, its settings, what it was made
/// from and what it left, and what people say of it.
public final class RunPage {
  private static final int NOTES = 200;

  private final PageFrame frame;
  private final CurvesView curves;
  private final RunMarks marks;
  private final ArtifactShelf shelf;

  public RunPage(PageFrame frame, CurvesView curves, RunMarks marks, ArtifactShelf shelf) {
    this.shelf = shelf;
    this.frame = frame;
    this.curves = curves;
    this.marks = marks;
  }

  public Element page(Visit visit, RunEntry run) {
    RunMarks.Mark mark = marks.of(run.key());
    RunFiles files = RunFiles.of(run.folder());
    return frame.page(
        visit,
        run.id(),
        true,
        Element.of("nav", Element.of("a", visit.words().text("nav.runs")).to(Link.to("runs")))
            .is("crumbs")
            .with("aria-label", visit.words().of("frame.crumbs")),
        Element.of("h1", Content.text(title(visit, run))),
        state(visit, run, mark, files),
        curves.section(visit, List.of(run), Snippets.link(run)),
        tables(visit, files),
        samples(visit, files),
        lineage(visit, run),
        settings(visit, run),
        notes(visit, files),
        said(visit, run, mark));
  }

  private static String title(Visit visit, RunEntry run) {
    return run.recipe().isEmpty()
        ? run.id()
        : visit.words().of("run.title", Snippets.title(run), run.recipe());
  }

  private Element state(Visit visit, RunEntry run, RunMarks.Mark mark, RunFiles files) {
    Element section =
        Element.of("section")
            .with("id", "state")
            .with("aria-label", visit.words().of("field.state"))
            .gets(Snippets.link(run))
            .with("hx-select", "#state")
            .with("hx-swap", "outerHTML")
            .with("hx-trigger", "pulse from:body");
    if (!run.error().isEmpty()) {
      section.add(Element.of("p", "problem", run.error()).with("role", "alert"));
    }
    var facts = new LinkedHashMap<String, Content>();
    facts.put(visit.words().of("field.state"), Snippets.state(visit, run.state()));
    facts.put(visit.words().of("field.started"), Snippets.time(visit, run.started()));
    facts.put(visit.words().of("field.took"), Content.text(visit.words().span(run.seconds())));
    facts.put(visit.words().of("run.heard"), Snippets.time(visit, run.heard()));
    if (run.state() != RunState.RUNNING && run.state() != RunState.LOGGED) {
      facts.put(visit.words().of("energy.energy"), Snippets.energy(visit, files.energy(), shelf));
    }
    for (String metric : List.of("step", "loss", "heldoutLoss", "tokensPerSecond")) {
      if (run.last().has(metric)) {
        facts.put(
            visit.words().of("metric." + metric),
            Content.text(visit.words().number(run.last().get(metric))));
      }
    }
    if (!mark.tags().isEmpty()) {
      facts.put(visit.words().of("field.tags"), Snippets.tags(mark));
    }
    return section.add(
        Snippets.facts(facts),
        !visit.reader().may(Role.MEMBER)
            ? Content.NONE
            : visit
                .change("runs", run.key(), "pin")
                .add(
                    visit.back(),
                    Element.of(
                            "button", visit.words().text(mark.pinned() ? "run.unpin" : "run.pin"))
                        .with("name", "pinned")
                        .with("value", mark.pinned() ? "0" : "1")));
  }

  private static Content tables(Visit visit, RunFiles files) {
    if (files.tables().isEmpty()) {
      return Content.NONE;
    }
    Element section = Element.of("section", Element.of("h2", visit.words().text("run.tables")));
    for (RunFiles.Printed table : files.tables()) {
      Element heads = Element.of("tr");
      table
          .header()
          .forEach(h -> heads.add(Element.of("th", Content.text(h)).with("scope", "col")));
      Element body = Element.of("tbody");
      for (List<String> row : table.rows()) {
        Element line = Element.of("tr");
        row.forEach(cell -> line.add(Element.of("td", Content.text(cell))));
        body.add(line);
      }
      section.add(
          Snippets.scrolling(
              table.title(),
              Element.of(
                  "table",
                  Element.of("caption", Content.text(table.title())),
                  Element.of("thead", heads),
                  body)));
    }
    return section;
  }

  private static Content samples(Visit visit, RunFiles files) {
    if (files.samples().isEmpty()) {
      return Content.NONE;
    }
    Element list = Element.of("dl").is("samples");
    for (RunFiles.Sample sample : files.samples()) {
      list.add(
          Element.of(
              "dt",
              Element.of("span", "step", visit.words().of("run.sample.step", sample.step())),
              Content.text(sample.prompt())),
          Element.of("dd", Content.text(sample.text())));
    }
    return Element.of("section", Element.of("h2", visit.words().text("run.samples")), list);
  }

  private static Content lineage(Visit visit, RunEntry run) {
    if (run.inputs().isEmpty() && run.outputs().isEmpty()) {
      return Content.NONE;
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("run.lineage")),
        Element.of(
                "div",
                references(visit, "run.inputs", run.inputs()),
                references(visit, "run.outputs", run.outputs()))
            .is("two"));
  }

  private static Element references(Visit visit, String title, Map<String, String> references) {
    Element list = Element.of("ul").is("refs");
    new TreeMap<>(references)
        .forEach(
            (name, reference) ->
                list.add(
                    Element.of(
                        "li", Element.of("span", "name", name), Snippets.artifact(reference))));
    if (references.isEmpty()) {
      list.add(Element.of("li", visit.words().text("run.sources")));
    }
    return Element.of("div", Element.of("h3", visit.words().text(title)), list);
  }

  private static Content settings(Visit visit, RunEntry run) {
    if (run.settings().size() == 0) {
      return Content.NONE;
    }
    Element body = Element.of("tbody");
    for (int i = 0; i < run.settings().size(); i++) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Content.text(run.settings().names()[i])).with("scope", "row"),
              Element.of("td", Content.text(run.settings().values()[i]))));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("run.settings")),
        Element.of(
            "details",
            Element.of(
                "summary",
                Content.text(visit.words().count("run.settings.count", run.settings().size()))),
            Element.of("table", body).is("settings")));
  }

  private static Content notes(Visit visit, RunFiles files) {
    if (files.notes().isEmpty()) {
      return Content.NONE;
    }
    Element list = Element.of("ul").is("told");
    files.notes().stream()
        .skip(Math.max(0, files.notes().size() - NOTES))
        .forEach(line -> list.add(Element.of("li", Content.text(line))));
    return Element.of("section", Element.of("h2", visit.words().text("run.told")), list);
  }

  private static Content said(Visit visit, RunEntry run, RunMarks.Mark mark) {
    if (!visit.reader().may(Role.MEMBER)) {
      return mark.note().isEmpty()
          ? Content.NONE
          : Element.of(
              "section",
              Element.of("h2", visit.words().text("mark.note")),
              Element.of("p", "text", mark.note()));
    }
    Element form =
        visit
            .change("runs", run.key(), "mark")
            .is("marks")
            .add(
                visit.back(),
                Element.of(
                    "label",
                    visit.words().text("mark.tags"),
                    Element.of("input")
                        .with("name", "tags")
                        .with("value", String.join(", ", mark.tags()))
                        .with("maxlength", 1000)),
                Element.of(
                    "label",
                    visit.words().text("mark.group"),
                    Element.of("input")
                        .with("name", "group")
                        .with("value", mark.group())
                        .with("maxlength", 60)),
                Element.of(
                    "label",
                    visit.words().text("mark.note"),
                    Element.of("textarea", Content.text(mark.note()))
                        .with("name", "note")
                        .with("rows", 3)
                        .with("maxlength", 10_000)),
                Element.of("button", visit.words().text("mark.keep")).is("primary"));
    return Element.of("section", Element.of("h2", visit.words().text("mark.title")), form);
  }
}
