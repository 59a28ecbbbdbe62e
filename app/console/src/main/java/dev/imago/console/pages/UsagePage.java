package dev.imago.console.pages;

import dev.imago.accounts.UsageReports;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.core.ConfigException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

/// What an organisation used in a month, by whom, of what, or when; for owners.
public final class UsagePage {
  private final PageFrame frame;
  private final UsageReports reports;

  public UsagePage(PageFrame frame, UsageReports reports) {
    this.frame = frame;
    this.reports = reports;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.usage");
    String month =
        visit.asked().has("month")
            ? visit.asked().first("month")
            : YearMonth.from(visit.now().atZone(ZoneOffset.UTC)).toString();
    String asked = visit.asked().has("by") ? visit.asked().first("by") : "model";
    Content answer;
    try {
      UsageReports.By by = UsageReports.By.parse(asked);
      answer =
          answer(
              visit,
              by,
              reports.report(
                  by,
                  UsageReports.Span.month(visit.reader().organisation(), month, ZoneOffset.UTC)));
    } catch (ConfigException e) {
      answer = Element.of("p", "problem", String.valueOf(e.getMessage()));
    }
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        form(visit, month, asked),
        answer);
  }

  private static Element form(Visit visit, String month, String asked) {
    Element by = Element.of("select").with("name", "by");
    for (UsageReports.By each : UsageReports.By.values()) {
      if (each != UsageReports.By.ORGANISATION) {
        by.add(
            Element.of("option", Content.text(heading(visit, each)))
                .with("value", each.word())
                .when(each.word().equals(asked), "selected"));
      }
    }
    return Element.of("form")
        .is("drawing")
        .with("role", "search")
        .to(Link.to("usage"))
        .add(
            Element.of(
                "label",
                visit.words().text("usage.month"),
                Element.of("input")
                    .with("type", "month")
                    .with("name", "month")
                    .with("value", month)
                    .with("maxlength", 7)),
            Element.of("label", visit.words().text("usage.by"), by),
            Element.of("button", visit.words().text("usage.show")).with("type", "submit"));
  }

  private static String heading(Visit visit, UsageReports.By by) {
    return visit
        .words()
        .of(
            switch (by) {
              case ORGANISATION -> "people.organisation";
              case TEAM -> "usage.team";
              case USER -> "usage.user";
              case KEY -> "usage.key";
              case MODEL -> "requests.model";
              case DAY -> "usage.day";
              case HOUR -> "usage.hour";
            });
  }

  private static Content answer(Visit visit, UsageReports.By by, List<UsageReports.Row> rows) {
    if (rows.isEmpty()) {
      return Element.of("p", "empty", visit.words().of("usage.none"));
    }
    Element heads =
        Element.of("tr", Element.of("th", Content.text(heading(visit, by))).with("scope", "col"));
    for (String column : List.of("requests", "input", "cached", "output", "reasoning", "cost")) {
      heads.add(
          Element.of("th", visit.words().text("usage." + column))
              .with("scope", "col")
              .is("number"));
    }
    Element body = Element.of("tbody");
    for (UsageReports.Row row : rows) {
      Element line =
          Element.of("tr", Element.of("th", Content.text(row.name())).with("scope", "row"));
      for (long number :
          new long[] {
            row.requests(),
            row.tokens().input(),
            row.tokens().cached(),
            row.tokens().output(),
            row.tokens().reasoning()
          }) {
        line.add(Element.of("td", "number", visit.words().number(number)));
      }
      body.add(
          line.add(
              Element.of(
                  "td",
                  "number",
                  visit.words().of("usage.money", row.costText(), row.currency()))));
    }
    return Content.of(
        List.of(
            Snippets.scrolling(
                visit.words().of("nav.usage"),
                Element.of("table", Element.of("thead", heads), body)),
            Element.of("p", "hint", visit.words().of("usage.zone"))));
  }
}
