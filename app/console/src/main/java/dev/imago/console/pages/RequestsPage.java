package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.RatedAnswers;
import dev.imago.data.Rating;
import java.nio.file.Path;
import java.util.List;

/// What served models were asked and answered, as far as users said something of it; from each the
/// way to the model.
public final class RequestsPage {
  private static final int ROWS = 50;
  private static final int SHOWN_CHARS = 4_000;

  private final PageFrame frame;
  private final Path ratings;

  /// @param ratings the file that servers write
  public RequestsPage(PageFrame frame, Path ratings) {
    this.frame = frame;
    this.ratings = ratings;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.requests");
    RatedAnswers all = RatedAnswers.read(ratings);
    RatedAnswers such = all.such(visit.asked().first("vote"), visit.asked().first("word").strip());
    Element heading = Element.of("h1", Content.text(title));
    if (all.ratings().isEmpty()) {
      return frame.page(
          visit,
          title,
          false,
          heading,
          Element.of("p", "empty", visit.words().of("requests.none")));
    }
    Element list = Element.of("ol").is("documents");
    such.ratings().stream().limit(ROWS).forEach(r -> list.add(rating(visit, r)));
    String count =
        visit
            .words()
            .of("requests.count", Math.min(ROWS, such.ratings().size()), such.ratings().size());
    return frame.page(
        visit,
        title,
        false,
        heading,
        usage(visit, all),
        form(visit),
        Element.of(
            "p", "summary", count + (all.cut() ? " · " + visit.words().of("requests.cut") : "")),
        list);
  }

  private static Element usage(Visit visit, RatedAnswers all) {
    Element heads =
        Element.of(
            "tr",
            Element.of("th", visit.words().text("requests.model")).with("scope", "col"),
            Element.of("th", visit.words().text("requests.up")).with("scope", "col").is("number"),
            Element.of("th", visit.words().text("requests.down"))
                .with("scope", "col")
                .is("number"));
    Element body = Element.of("tbody");
    all.tallies()
        .forEach(
            (model, votes) ->
                body.add(
                    Element.of(
                        "tr",
                        Element.of("td", Snippets.artifact(model)),
                        Element.of("td", "number", visit.words().number(votes.up())),
                        Element.of("td", "number", visit.words().number(votes.down())))));
    return Snippets.scrolling(
        visit.words().of("requests.model"), Element.of("table", Element.of("thead", heads), body));
  }

  private static Element form(Visit visit) {
    Element vote = Element.of("select").with("name", "vote");
    for (String each : List.of("", "up", "down")) {
      vote.add(
          Element.of("option", visit.words().text("requests." + (each.isEmpty() ? "any" : each)))
              .with("value", each)
              .when(each.equals(visit.asked().first("vote")), "selected"));
    }
    return Element.of("form")
        .is("drawing apart")
        .with("role", "search")
        .to(Link.to("requests"))
        .add(
            Element.of("label", visit.words().text("requests.vote"), vote),
            Element.of(
                "label",
                visit.words().text("documents.word"),
                Element.of("input")
                    .with("type", "search")
                    .with("name", "word")
                    .with("value", visit.asked().first("word"))
                    .with("maxlength", 300)
                    .with("autocomplete", "off")),
            Element.of("button", visit.words().text("documents.find")).with("type", "submit"));
  }

  private static Element rating(Visit visit, Rating rating) {
    boolean up = rating.vote() == Rating.Vote.UP;
    Element talk = Element.of("dl").is("samples");
    for (Rating.Message message : rating.messages()) {
      talk.add(
          Element.of("dt", Content.text(message.role())),
          Element.of("dd", Content.text(Snippets.brief(message.content(), SHOWN_CHARS))));
    }
    talk.add(
        Element.of("dt", visit.words().text("requests.answer")),
        Element.of("dd", Content.text(Snippets.brief(rating.answer(), SHOWN_CHARS))));
    String comment = rating.comment() == null ? "" : rating.comment();
    if (!comment.isEmpty()) {
      talk.add(
          Element.of("dt", visit.words().text("requests.comment")),
          Element.of("dd", Content.text(Snippets.brief(comment, SHOWN_CHARS))));
    }
    return Element.of(
        "li",
        Element.of(
                "p",
                Element.of(
                    "span",
                    up ? "state done" : "state failed",
                    visit.words().of(up ? "requests.up" : "requests.down")),
                Snippets.artifact(rating.model()),
                Snippets.time(visit, rating.time().toEpochMilli()))
            .is("head"),
        talk);
  }
}
