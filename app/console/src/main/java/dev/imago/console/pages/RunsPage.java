package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Exports;
import dev.imago.console.html.Link;
import dev.imago.console.runs.RunCatalog;
import dev.imago.console.runs.RunEntry;
import dev.imago.console.runs.RunListing;
import dev.imago.console.runs.RunMarks;
import dev.imago.console.runs.RunQuery;
import dev.imago.console.runs.RunState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// The list of runs: what is looked for, which columns, which order, all of it in the address.
public final class RunsPage {
  private static final int OFFERED_COLUMNS = 60;
  private static final List<String> FIXED =
      List.of("state", "run", "recipe", "step", "stage", "started", "took", "tags", "error");

  private final PageFrame frame;
  private final RunCatalog catalog;
  private final RunMarks marks;

  public RunsPage(PageFrame frame, RunCatalog catalog, RunMarks marks) {
    this.frame = frame;
    this.catalog = catalog;
    this.marks = marks;
  }

  /// The runs that a visit asks for, for the page and for what leaves as CSV and JSON.
  public RunListing listing(Visit visit) {
    return RunListing.of(
        catalog.snapshot().runs(),
        RunQuery.of(visit.asked()),
        marks.all(),
        visit.words().tongue().locale());
  }

  public Element page(Visit visit) {
    RunQuery query = RunQuery.of(visit.asked());
    RunListing listing = listing(visit);
    String title = visit.words().of("nav.runs");
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        filter(visit, query, listing),
        list(visit, query, listing));
  }

  private Element filter(Visit visit, RunQuery query, RunListing listing) {
    Element form =
        Element.of("form")
            .is("filter")
            .with("id", "filter")
            .with("role", "search")
            .to(Link.to("runs"))
            .gets(Link.to("runs"))
            .with("hx-select", "#list")
            .with("hx-target", "#list")
            .with("hx-swap", "outerHTML")
            .with("hx-push-url", "true")
            .with("hx-trigger", "submit, change, input delay:250ms");
    Element find =
        Element.of(
            "div",
            Element.of("label", visit.words().text("runs.find")).with("for", "q"),
            Element.of("input")
                .with("id", "q")
                .with("type", "search")
                .with("name", "q")
                .with("value", query.text())
                .with("autocomplete", "off")
                .with("spellcheck", "false")
                .with("maxlength", 500)
                .with("aria-describedby", "q-how"),
            Element.of("p", visit.words().text("runs.find.how")).is("hint").with("id", "q-how"));
    Element states =
        Element.of("fieldset", Element.of("legend", visit.words().text("field.state")))
            .is("checks");
    for (RunState state : RunState.values()) {
      states.add(
          check(
              "state",
              state.word(),
              visit.words().of("state." + state.word()),
              query.states().contains(state)));
    }
    states.add(check("pinned", "1", visit.words().of("runs.pinned"), query.pinned()));
    form.add(find.is("find"), states, columns(visit, query, listing));
    if (visit.asked().has("sort")) {
      form.add(hidden("sort", visit.asked().first("sort")));
    }
    return form.add(
        Element.of("button", visit.words().text("runs.filter"))
            .is("primary")
            .with("type", "submit"));
  }

  private static Element hidden(String name, String value) {
    return Element.of("input").with("type", "hidden").with("name", name).with("value", value);
  }

  private static Element check(String name, String value, String text, boolean on) {
    return Element.of(
        "label",
        Element.of("input")
            .with("type", "checkbox")
            .with("name", name)
            .with("value", value)
            .when(on, "checked"),
        Content.text(text));
  }

  private static Element columns(Visit visit, RunQuery query, RunListing listing) {
    Element choice =
        Element.of("fieldset", Element.of("legend", visit.words().text("runs.columns")))
            .is("checks");
    var offered = new LinkedHashSet<>(FIXED);
    offered.addAll(query.columns());
    listing
        .fields(visit.asked().first("field"), OFFERED_COLUMNS)
        .forEach(field -> offered.add(field.getKey()));
    for (String field : offered) {
      choice.add(
          check("col", field, Snippets.heading(visit, field), query.columns().contains(field)));
    }
    Element narrow =
        Element.of(
            "label",
            visit.words().text("runs.columns.find"),
            Element.of("input")
                .with("name", "field")
                .with("value", visit.asked().first("field"))
                .with("maxlength", 200)
                .with("autocomplete", "off"));
    return Element.of(
            "details", Element.of("summary", visit.words().text("runs.columns")), narrow, choice)
        .is("columns");
  }

  private Element list(Visit visit, RunQuery query, RunListing listing) {
    Element section =
        Element.of("section")
            .with("id", "list")
            .gets(visit.here())
            .with("hx-select", "#list")
            .with("hx-swap", "outerHTML")
            .with("hx-trigger", "pulse from:body");
    int shown = listing.size();
    String count =
        shown == listing.total()
            ? visit.words().count("runs.count", shown)
            : visit.words().of("runs.count.some", shown, listing.total());
    Element summary = Element.of("p", "summary", count).with("aria-live", "polite");
    int unread = catalog.snapshot().unread();
    if (unread > 0) {
      summary.add(" · " + visit.words().count("runs.unread", unread));
    }
    section.add(summary);
    if (listing.size() == 0) {
      return section.add(
          Element.of(
              "p",
              "empty",
              visit.words().of(listing.total() == 0 ? "runs.none" : "runs.none.such")));
    }
    Link here = new Link(List.of("runs"), visit.here().query());
    Element compare =
        Element.of("form")
            .to(Link.to("compare"))
            .add(
                Snippets.scrolling(visit.words().of("nav.runs"), table(visit, query, listing))
                    .with(Exports.OWN, "1"),
                Element.of(
                        "div",
                        Element.of("button", visit.words().text("runs.compare"))
                            .with("type", "submit"),
                        pages(visit, query, listing),
                        Element.of(
                                "span",
                                Element.of("a", visit.words().text("export.csv"))
                                    .to(here.at("runs.csv")),
                                Element.of("a", visit.words().text("export.json"))
                                    .to(here.at("runs.json")))
                            .is("exports"))
                    .is("under"));
    return section.add(compare);
  }

  private Element table(Visit visit, RunQuery query, RunListing listing) {
    Element heads =
        Element.of(
            "tr",
            Element.of("th", Element.of("span", "unseen", visit.words().of("runs.choose")))
                .with("scope", "col"));
    for (String field : query.columns()) {
      boolean sorted = field.equals(query.sort());
      String next = sorted && query.descending() ? field : "-" + field;
      heads.add(
          Element.of(
                  "th",
                  Element.of("a", Content.text(Snippets.heading(visit, field)))
                      .to(visit.here().only("page", "").only("sort", next))
                      .with("id", "sort-" + field))
              .with("scope", "col")
              .when(Snippets.isNumber(field), "class", "number")
              .when(sorted, "aria-sort", query.descending() ? "descending" : "ascending"));
    }
    Element body = Element.of("tbody");
    Map<String, RunMarks.Mark> all = marks.all();
    for (RunEntry run : listing.page(query.page())) {
      RunMarks.Mark mark = all.getOrDefault(run.key(), RunMarks.Mark.NONE);
      Element row =
          Element.of(
                  "tr",
                  Element.of(
                      "td",
                      Element.of("input")
                          .with("type", "checkbox")
                          .with("name", "run")
                          .with("value", run.key())
                          .with("id", "choose-" + run.key())
                          .with("aria-label", visit.words().of("runs.choose.this", run.id()))))
              .when(mark.pinned(), "class", "pinned");
      query.columns().forEach(field -> row.add(Snippets.cell(visit, run, mark, field)));
      body.add(row);
    }
    return Element.of("table", Element.of("thead", heads), body).is("runs");
  }

  private static Element pages(Visit visit, RunQuery query, RunListing listing) {
    Element pages =
        Element.of("nav").is("pages").with("aria-label", visit.words().of("pages.label"));
    int page = Math.clamp(query.page(), 1, listing.pages());
    if (listing.pages() == 1) {
      return pages;
    }
    Link here = visit.here();
    if (page > 1) {
      pages.add(
          Element.of("a", visit.words().text("pages.before"))
              .to(here.only("page", Integer.toString(page - 1)))
              .with("rel", "prev"));
    }
    pages.add(Element.of("span", visit.words().text("pages.at", page, listing.pages())));
    if (page < listing.pages()) {
      pages.add(
          Element.of("a", visit.words().text("pages.after"))
              .to(here.only("page", Integer.toString(page + 1)))
              .with("rel", "next"));
    }
    return pages;
  }

  /// The rows of a listing for a file: the columns that are shown, of every run.
  public static List<List<String>> rows(RunListing listing, RunQuery query) {
    var rows = new ArrayList<List<String>>();
    rows.add(query.columns());
    for (RunEntry run : listing.runs()) {
      var row = new ArrayList<String>();
      for (String field : query.columns()) {
        double number = run.number(field);
        row.add(
            switch (field) {
              case "started" -> java.time.Instant.ofEpochMilli(run.started()).toString();
              case "took" -> Double.toString(run.seconds());
              default ->
                  field.startsWith("m:")
                      ? run.last().has(field.substring(2)) ? Double.toString(number) : ""
                      : run.text(field);
            });
      }
      rows.add(row);
    }
    return rows;
  }
}
