package dev.imago.console.pages;

import dev.imago.alerts.Alert;
import dev.imago.alerts.AlertBook;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What fires, as the last check of `imago alerts check` left it.
public final class AlertsPage {
  private static final int ROWS = 500;

  private final PageFrame frame;
  private final Path file;

  /// @param file in which checks keep what was told
  public AlertsPage(PageFrame frame, Path file) {
    this.frame = frame;
    this.file = file;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.alerts");
    Element heading = Element.of("h1", Content.text(title));
    AlertBook book;
    try {
      book = AlertBook.open(file);
    } catch (InputException e) {
      return frame.page(
          visit, title, false, heading, Element.of("p", "problem", String.valueOf(e.getMessage())));
    }
    if (book.evaluated() == 0) {
      return frame.page(
          visit, title, false, heading, Element.of("p", "empty", visit.words().of("alerts.never")));
    }
    List<Alert> alerts = book.alerts();
    Element checked =
        Element.of(
                "p",
                visit.words().text("alerts.checked"),
                Content.text(" "),
                Snippets.time(visit, millis(book.evaluated())))
            .is("hint");
    return frame.page(
        visit,
        title,
        false,
        heading,
        checked,
        alerts.isEmpty()
            ? Element.of("p", "empty", visit.words().of("alerts.none"))
            : table(visit, alerts));
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
