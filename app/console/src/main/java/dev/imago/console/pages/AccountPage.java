package dev.imago.console.pages;

import dev.imago.accounts.Account;
import dev.imago.accounts.Role;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import java.time.Instant;
import java.util.List;

/// What is a person's own: the password, the sessions, the API tokens.
public final class AccountPage {
  private final PageFrame frame;

  public AccountPage(PageFrame frame) {
    this.frame = frame;
  }

  /// @param made a token that was just made, which is told this once; empty for none
  /// @param problem why something could not be done; empty where all could
  public Element page(Visit visit, List<Account> tokens, String made, String problem) {
    Reader reader = visit.reader();
    Role role = reader.role() == null ? Role.VIEWER : reader.role();
    return frame.page(
        visit,
        reader.name(),
        false,
        Element.of("h1", Content.text(reader.name())),
        Element.of(
            "p",
            visit
                .words()
                .text(
                    "people.invited",
                    reader.organisation(),
                    visit.words().of("role." + role.word()))),
        SignInPage.problem(problem),
        made(visit, made),
        tokens(visit, tokens),
        create(visit, role),
        password(visit),
        ends(visit));
  }

  private static Content made(Visit visit, String made) {
    return made.isEmpty()
        ? Content.NONE
        : Element.of(
            "section",
            Element.of("p", visit.words().text("token.made")).with("role", "status"),
            Element.of("pre", Content.text(made)).with("tabindex", "0"));
  }

  private static Element tokens(Visit visit, List<Account> tokens) {
    Element section = Element.of("section", Element.of("h2", visit.words().text("token.title")));
    if (tokens.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("token.none")));
    }
    Element heads = Element.of("tr");
    for (String name : List.of("name", "begins", "role", "routes", "expires", "actions")) {
      heads.add(Element.of("th", visit.words().text("token." + name)).with("scope", "col"));
    }
    Element body = Element.of("tbody");
    for (Account token : tokens) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Content.text(token.name())).with("scope", "row"),
              Element.of("td", Element.of("code", Content.text(token.beginsWith() + "…"))),
              Element.of("td", visit.words().text("role." + token.role().word())),
              Element.of("td", Content.text(String.join(" ", token.routes()))),
              Element.of("td", expires(visit, token)),
              Element.of(
                  "td",
                  visit
                      .change("account", "tokens", token.key(), "revoke")
                      .is("inline")
                      .add(
                          visit.back(),
                          Element.of("button", visit.words().text("token.revoke"))
                              .with(
                                  "aria-label",
                                  visit.words().of("token.revoke.of", token.name()))))));
    }
    return section.add(
        Snippets.scrolling(
            visit.words().of("token.title"),
            Element.of("table", Element.of("thead", heads), body).is("roster")));
  }

  private static Content expires(Visit visit, Account token) {
    return token.expires() == null
        ? visit.words().text("people.never")
        : Content.text(visit.words().moment(Instant.ofEpochMilli(token.expires())));
  }

  private static Element create(Visit visit, Role role) {
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("token.create")),
        visit
            .change("account", "tokens")
            .is("drawing")
            .add(
                SignInPage.field(visit, "token.name", "name", "text", "off", ""),
                Element.of(
                    "label",
                    visit.words().text("token.role"),
                    PeoplePage.roles(visit, Role.VIEWER, role)),
                SignInPage.field(visit, "token.routes", "routes", "text", "off", "*"),
                SignInPage.field(visit, "token.days", "days", "number", "off", "90"),
                Element.of("button", visit.words().text("token.make")).is("primary")),
        Element.of("p", "hint", visit.words().of("token.how")));
  }

  private static Element password(Visit visit) {
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("people.password.change")),
        visit
            .change("account", "password")
            .is("marks")
            .add(
                Element.of(
                    "label",
                    visit.words().text("people.password"),
                    Element.of("input")
                        .with("name", "old")
                        .with("type", "password")
                        .with("maxlength", 400)
                        .with("autocomplete", "current-password")),
                SignInPage.field(
                    visit, "people.newPassword", "new", "password", "new-password", ""),
                Element.of("button", visit.words().text("people.password.set"))));
  }

  private static Element ends(Visit visit) {
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("people.sessions")),
        Element.of(
                "div",
                visit
                    .change("sign-out")
                    .add(Element.of("button", visit.words().text("people.signOut"))),
                visit
                    .change("account", "sign-out")
                    .add(Element.of("button", visit.words().text("people.signOutAll"))))
            .is("parts"));
  }
}
