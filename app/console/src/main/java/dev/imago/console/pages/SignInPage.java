package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;

/// Where people sign in, and where they take up an invitation.
public final class SignInPage {
  private final PageFrame frame;
  private final boolean openId;

  /// @param openId whether a provider of OpenID Connect is asked, too
  public SignInPage(PageFrame frame, boolean openId) {
    this.frame = frame;
    this.openId = openId;
  }

  /// @param name as it was tried; empty at first
  /// @param problem why that failed; empty at first
  public Element signIn(Visit visit, String back, String name, String problem) {
    String title = visit.words().of("people.signIn");
    Element form =
        visit
            .change("sign-in")
            .is("marks")
            .add(
                hidden("back", back),
                field(visit, "people.name", "name", "text", "username", name),
                field(visit, "people.password", "password", "password", "current-password", ""),
                Element.of("button", Content.text(title)).is("primary"));
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        problem(problem),
        form,
        openId ? elsewhere(visit, Link.to("oidc", "start")) : Content.NONE);
  }

  /// @param secret of the link
  public Element invitation(
      Visit visit, String secret, String name, String organisation, String role, String problem) {
    String title = visit.words().of("people.welcome", name);
    Element form =
        visit
            .change("invitation", secret)
            .is("marks")
            .add(
                // Password managers keep it under this name.
                hidden("username", name).with("autocomplete", "username"),
                field(visit, "people.newPassword", "password", "password", "new-password", ""),
                Element.of("p", "hint", visit.words().of("people.newPassword.how")),
                Element.of("button", visit.words().text("people.join")).is("primary"));
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        Element.of(
            "p",
            visit.words().text("people.invited", organisation, visit.words().of("role." + role))),
        problem(problem),
        form,
        openId
            ? elsewhere(visit, Link.to("oidc", "start").with("invitation", secret))
            : Content.NONE);
  }

  /// Leads on by itself: a browser that comes from another site sends no cookie of a sign-in, and
  /// from a page of this one it does.
  public Element onwards(Visit visit, Link to) {
    String title = visit.words().of("people.signedIn");
    return frame.page(
        visit,
        title,
        false,
        Element.of("meta").with("http-equiv", "refresh").with("content", "0;url=" + to),
        Element.of("h1", Content.text(title)),
        Element.of("p", Element.of("a", visit.words().text("people.onwards")).to(to)));
  }

  static Content problem(String problem) {
    return problem.isEmpty()
        ? Content.NONE
        : Element.of("p", "problem", problem).with("role", "alert");
  }

  private static Element elsewhere(Visit visit, Link to) {
    return Element.of("p", Element.of("a", visit.words().text("people.openId")).to(to).is("button"))
        .is("apart");
  }

  static Element hidden(String name, String value) {
    return Element.of("input").with("type", "hidden").with("name", name).with("value", value);
  }

  static Element field(
      Visit visit, String label, String name, String type, String autocomplete, String value) {
    return Element.of(
        "label",
        visit.words().text(label),
        Element.of("input")
            .with("name", name)
            .with("type", type)
            .with("value", value)
            .with("required", "")
            .with("maxlength", 400)
            .with("autocomplete", autocomplete));
  }
}
