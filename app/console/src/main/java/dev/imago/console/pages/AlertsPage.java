package dev.imago.console.pages;

import dev.imago.accounts.Role;
import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.alerts.Silences;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What fires, as the last look at the rules left it, and what nobody is told of now.
public final class AlertsPage {
  private static final int ROWS = 500;

  private final PageFrame frame;
  private final Path file;
  private final Silences silences;

  /// @param file in which checks keep what was told
  public AlertsPage(PageFrame frame, Path file, Silences silences) {
    this.frame = frame;
    this.file = file;
    this.silences = silences;
  }

  /// @param problem why something could not be done; empty where all could
  public Element page(Visit visit, String problem) {
    String title = visit.words().of("nav.alerts");
    Element heading = Element.of("h1", Content.text(title));
    AlertBook book;
    try {
      book = AlertBook.open(file);
    } catch (InputException e) {
      return frame.page(
          visit, title, false, heading, Element.of("p", "problem", String.valueOf(e.getMessage())));
    }
    List<Alert> alerts = book.alerts();
    Content state =
        book.evaluated() == 0
            ? Element.of("p", "empty", visit.words().of("alerts.never"))
            : Element.of(
                    "p",
                    visit.words().text("alerts.checked"),
                    Content.text(" "),
                    Snippets.time(visit, millis(book.evaluated())))
                .is("hint");
    Content rows =
        book.evaluated() == 0
            ? Content.NONE
            : alerts.isEmpty()
                ? Element.of("p", "empty", visit.words().of("alerts.none"))
                : table(visit, alerts);
    return frame.page(
        visit,
        title,
        false,
        heading,
        SignInPage.problem(problem),
        state,
        rows,
        silenced(visit),
        visit.reader().may(Role.OPERATOR) ? begin(visit) : Content.NONE);
  }

  private Content silenced(Visit visit) {
    List<Silences.Silence> all;
    try {
      all = silences.open(visit.now().toEpochMilli() / 1000.0);
    } catch (InputException e) {
      return Element.of("p", "problem", String.valueOf(e.getMessage()));
    }
    Element section = Element.of("section", Element.of("h2", visit.words().text("silence.title")));
    if (all.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("silence.none")));
    }
    Element heads = Element.of("tr");
    for (String name : List.of("alerts", "until", "by", "comment", "actions")) {
      heads.add(Element.of("th", visit.words().text("silence." + name)).with("scope", "col"));
    }
    Element body = Element.of("tbody");
    for (Silences.Silence each : all) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Element.of("code", Content.text(String.join(" ", each.matchers()))))
                  .with("scope", "row"),
              Element.of(
                  "td",
                  Content.text(
                      visit.words().moment(java.time.Instant.ofEpochMilli(millis(each.until()))))),
              Element.of("td", Content.text(each.by())),
              Element.of("td", Content.text(each.comment())),
              Element.of(
                  "td",
                  visit.reader().may(Role.OPERATOR)
                      ? visit
                          .change("alerts", "silences", each.id(), "end")
                          .is("inline")
                          .add(
                              visit.back(),
                              Element.of("button", visit.words().text("silence.end"))
                                  .with(
                                      "aria-label", visit.words().of("silence.end.of", each.id())))
                      : Content.NONE)));
    }
    return section.add(
        Snippets.scrolling(
            visit.words().of("silence.title"),
            Element.of("table", Element.of("thead", heads), body)));
  }

  private static Element begin(Visit visit) {
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("silence.begin")),
        visit
            .change("alerts", "silences")
            .is("drawing")
            .add(
                visit.back(),
                SignInPage.field(
                    visit, "silence.matchers", "matchers", "text", "off", "alertname="),
                SignInPage.field(visit, "silence.hours", "hours", "number", "off", "2"),
                Element.of(
                    "label",
                    visit.words().text("silence.comment"),
                    Element.of("input").with("name", "comment").with("maxlength", 500)),
                Element.of("button", visit.words().text("silence.make")).is("primary")),
        Element.of("p", "hint", visit.words().of("silence.how")));
  }

  private static Element table(Visit visit, List<Alert> alerts) {
    Element heads = Element.of("tr");
    for (String name : List.of("alert", "status", "since", "value", "labels", "summary")) {
      heads.add(
          Element.of("th", visit.words().text("alerts." + name))
              .with("scope", "col")
              .when(name.equals("value"), "class", "number"));
    }
    Element body = Element.of("tbody");
    alerts.stream().limit(ROWS).forEach(alert -> body.add(row(visit, alert)));
    return Snippets.scrolling(
        visit.words().of("nav.alerts"), Element.of("table", Element.of("thead", heads), body));
  }

  private static Element row(Visit visit, Alert alert) {
    String run = alert.labels().getOrDefault("run", "");
    String labels =
        new TreeMap<>(alert.labels())
            .entrySet().stream()
                .filter(each -> !each.getKey().equals("alertname") && !each.getKey().equals("run"))
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    Element of = Element.of("td");
    if (!run.isEmpty()) {
      of.add(Element.of("a", Content.text(run)).to(Link.to("runs", run)), Content.text(" "));
    }
    String styled =
        switch (alert.status()) {
          case FIRING -> "state failed";
          case PENDING -> "state running";
          case RESOLVED -> "state done";
        };
    String status = "alerts." + alert.status().name().toLowerCase(Locale.ROOT);
    return Element.of(
        "tr",
        Element.of("th", Content.text(alert.name())).with("scope", "row"),
        Element.of("td", Element.of("span", styled, visit.words().of(status))),
        Element.of("td", Snippets.time(visit, millis(alert.since()))),
        Element.of("td", "number", visit.words().number(alert.value())),
        of.add(Content.text(labels)),
        Element.of("td", Content.text(alert.annotations().getOrDefault("summary", ""))));
  }

  private static long millis(double seconds) {
    return Math.round(seconds * 1000);
  }
}
