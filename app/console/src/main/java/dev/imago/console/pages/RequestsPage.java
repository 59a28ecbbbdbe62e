package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.KeptRequests;
import dev.imago.console.shelf.RatedAnswers;
import dev.imago.core.EnergyUse;
import dev.imago.data.KeptAnswer;
import dev.imago.data.Rating;
import java.nio.file.Path;
import java.util.List;

/// What served models were asked and answered, as far as users said something of it, or a server
/// keeps it by rule; from each the way to the model. Whoever signs in sees their own
/// organisation's.
public final class RequestsPage {
  private static final int ROWS = 50;
  private static final int SHOWN_CHARS = 4_000;

  private final PageFrame frame;
  private final Path ratings;
  private final Path kept;

  /// @param ratings the file that servers write
  /// @param kept the file of answers that they keep
  public RequestsPage(PageFrame frame, Path ratings, Path kept) {
    this.kept = kept;
    this.frame = frame;
    this.ratings = ratings;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.requests");
    RatedAnswers all = RatedAnswers.read(ratings);
    KeptRequests answers = KeptRequests.read(kept);
    if (visit.reader().accounts()) {
      all = all.of(visit.reader().organisation());
      answers = answers.of(visit.reader().organisation());
    }
    RatedAnswers such = all.such(visit.asked().first("vote"), visit.asked().first("word").strip());
    Element heading = Element.of("h1", Content.text(title));
    KeptRequests more = answers.such(visit.asked().first("word").strip());
    if (all.ratings().isEmpty() && more.answers().isEmpty() && !visit.asked().has("word")) {
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
        form(visit),
        all.ratings().isEmpty() ? Content.NONE : usage(visit, all),
        all.ratings().isEmpty()
            ? Content.NONE
            : Element.of(
                "p",
                "summary",
                count + (all.cut() ? " · " + visit.words().of("requests.cut") : "")),
        list,
        kept(visit, more));
  }

  private static Content kept(Visit visit, KeptRequests all) {
    if (all.answers().isEmpty()) {
      return Element.of("p", "empty", visit.words().of("requests.kept.none"));
    }
    Element heads = Element.of("tr");
    for (String column :
        List.of("time", "model", "tokens", "first", "rate", "queue", "energy", "reason")) {
      heads.add(
          Element.of("th", visit.words().text("requests." + column))
              .with("scope", "col")
              .when(
                  List.of("tokens", "first", "rate", "queue", "energy").contains(column),
                  "class",
                  "number"));
    }
    Element body = Element.of("tbody");
    Element list = Element.of("ol").is("documents");
    for (KeptAnswer answer : all.answers().subList(0, Math.min(ROWS, all.answers().size()))) {
      body.add(took(visit, answer));
      list.add(
          Element.of(
              "li",
              Element.of(
                      "p",
                      Snippets.artifact(answer.model()),
                      Snippets.time(visit, answer.time().toEpochMilli()))
                  .is("head"),
              talk(visit, answer.messages(), answer.answer())));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("requests.kept")),
        Element.of(
            "p",
            "summary",
            visit.words().count("requests.kept.count", all.answers().size())
                + (all.cut() ? " · " + visit.words().of("requests.cut") : "")),
        Snippets.scrolling(
            visit.words().of("requests.kept"),
            Element.of("table", Element.of("thead", heads), body)),
        Element.of("details", Element.of("summary", visit.words().text("requests.texts")), list));
  }

  private static Element took(Visit visit, KeptAnswer answer) {
    KeptAnswer.Took took = answer.took();
    EnergyUse energy = took == null ? null : took.energy();
    Element row =
        Element.of(
            "tr",
            Element.of("td", Snippets.time(visit, answer.time().toEpochMilli())),
            Element.of("td", Snippets.artifact(answer.model())));
    if (took == null) {
      for (int i = 0; i < 5; i++) {
        row.add(Element.of("td", "number", "–"));
      }
    } else {
      row.add(
          Element.of(
              "td",
              "number",
              visit.words().of("requests.both", took.promptTokens(), took.answerTokens())),
          Element.of("td", "number", millis(visit, took.queueSeconds() + took.firstTokenSeconds())),
          Element.of(
              "td", "number", Double.isNaN(took.rate()) ? "–" : visit.words().number(took.rate())),
          Element.of("td", "number", millis(visit, took.queueSeconds())),
          Element.of("td", "number", energy == null ? "–" : joules(visit, energy)));
    }
    return row.add(
        Element.of(
            "td",
            Content.of(answer.reasons().stream().map(r -> Element.of("span", "tag", r)).toList())));
  }

  private static String millis(Visit visit, double seconds) {
    return visit.words().number(Math.round(seconds * 1e4) / 10.0);
  }

  private static String joules(Visit visit, EnergyUse energy) {
    return Snippets.range(visit, energy.low(), energy.high(), energy.counted());
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
    Element talk = talk(visit, rating.messages(), rating.answer());
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

  private static Element talk(Visit visit, List<Rating.Message> messages, String answer) {
    Element talk = Element.of("dl").is("samples");
    for (Rating.Message message : messages) {
      talk.add(
          Element.of("dt", Content.text(message.role())),
          Element.of("dd", Content.text(Snippets.brief(message.content(), SHOWN_CHARS))));
    }
    return talk.add(
        Element.of("dt", visit.words().text("requests.answer")),
        Element.of("dd", Content.text(Snippets.brief(answer, SHOWN_CHARS))));
  }
}
