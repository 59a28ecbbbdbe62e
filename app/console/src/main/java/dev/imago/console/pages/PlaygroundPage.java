package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import java.net.URI;
import java.util.List;

/// One prompt, and what several served models answer, side by side.
public final class PlaygroundPage {
  private final PageFrame frame;
  private final List<URI> models;

  /// What one server said.
  ///
  /// @param text the answer, or what went wrong
  /// @param tokens that it has; below 0 where the server does not tell
  public record Answer(
      URI model, String name, String text, boolean failed, double seconds, long tokens) {}

  public PlaygroundPage(PageFrame frame, List<URI> models) {
    this.frame = frame;
    this.models = List.copyOf(models);
  }

  /// @param prompt that was asked; empty where nothing was
  public Element page(Visit visit, String prompt, List<Answer> answers) {
    String title = visit.words().of("nav.playground");
    Element heading = Element.of("h1", Content.text(title));
    if (models.isEmpty()) {
      return frame.page(
          visit,
          title,
          false,
          heading,
          Element.of("p", "empty", visit.words().of("playground.none")),
          Element.of("pre", visit.words().text("playground.how")).with("tabindex", "0"));
    }
    Element asked =
        visit
            .change("playground")
            .is("prompt")
            .add(
                Element.of(
                    "label",
                    visit.words().text("playground.prompt"),
                    Element.of("textarea", Content.text(prompt))
                        .with("name", "prompt")
                        .with("rows", 5)
                        .with("required", "")
                        .with("maxlength", 20_000)),
                Element.of(
                    "label",
                    visit.words().text("playground.tokens"),
                    Element.of("input")
                        .with("type", "number")
                        .with("name", "tokens")
                        .with("min", "1")
                        .with("max", "2048")
                        .with("value", visit.asked().whole("tokens", 128, 1, 2048))),
                Element.of("button", visit.words().text("playground.ask")).is("primary"));
    Element side = Element.of("div").is("answers").with("aria-live", "polite");
    for (Answer answer : answers) {
      side.add(answer(visit, answer));
    }
    return frame.page(visit, title, false, heading, asked, side);
  }

  private static Element answer(Visit visit, Answer answer) {
    String cost =
        answer.tokens() >= 0 && answer.seconds() > 0
            ? visit
                .words()
                .of(
                    "playground.cost",
                    answer.tokens(),
                    visit.words().span(answer.seconds()),
                    answer.tokens() / answer.seconds())
            : visit.words().span(answer.seconds());
    return Element.of(
            "article",
            Element.of(
                "h2",
                Content.text(answer.name().isEmpty() ? answer.model().toString() : answer.name())),
            Element.of("p", "hint", answer.model().toString()),
            Element.of("p", answer.failed() ? "problem" : "text", answer.text()),
            Element.of("p", "hint", cost))
        .is("card");
  }
}
