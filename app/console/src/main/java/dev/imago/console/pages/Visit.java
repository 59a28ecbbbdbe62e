package dev.imago.console.pages;

import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.runs.Asked;
import dev.imago.console.words.Phrases;
import java.time.Instant;

/// One reader who opens a page.
///
/// @param here where the reader is, with all that is asked
/// @param asked the same, by name
/// @param words in the reader's language
/// @param scheme `light` or `dark`; empty for what the reader's system has
/// @param token that a form sends back, so that no other site can send one
/// @param reader who it is
public record Visit(
    Link here,
    Asked asked,
    Phrases words,
    String scheme,
    String token,
    Instant now,
    Reader reader) {

  /// The same in other words.
  public Visit in(Phrases other) {
    return new Visit(here, asked, other, scheme, token, now, reader);
  }

  /// A form that changes something.
  Element change(String... path) {
    return Element.of("form")
        .with("method", "post")
        .to(Link.to(path))
        .add(Element.of("input").with("type", "hidden").with("name", "token").with("value", token));
  }

  /// Where a form leads back to.
  Element back() {
    return Element.of("input")
        .with("type", "hidden")
        .with("name", "back")
        .with("value", here.toString());
  }
}
