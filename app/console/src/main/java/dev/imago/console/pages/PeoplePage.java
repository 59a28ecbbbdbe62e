package dev.imago.console.pages;

import dev.imago.accounts.AuditLog;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import java.util.Arrays;
import java.util.List;

/// Who signs in, who was invited, and what was changed last, by whom; for owners.
public final class PeoplePage {
  private final PageFrame frame;

  public PeoplePage(PageFrame frame) {
    this.frame = frame;
  }

  /// What there is to show.
  ///
  /// @param link of an invitation that was just made, which is told this once; empty for none
  /// @param problem why something could not be done; empty where all could
  public record Shown(
      List<People.Person> people,
      List<People.Pending> pending,
      List<AuditLog.Change> changes,
      String link,
      String problem) {}

  public Element page(Visit visit, Shown shown) {
    String title = visit.words().of("nav.people");
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        SignInPage.problem(shown.problem),
        link(visit, shown.link),
        people(visit, shown.people),
        pending(visit, shown.pending),
        invite(visit),
        changes(visit, shown.changes));
  }

  private static Content link(Visit visit, String link) {
    return link.isEmpty()
        ? Content.NONE
        : Element.of(
            "section",
            Element.of("p", visit.words().text("people.link")).with("role", "status"),
            Element.of("pre", Content.text(link)).with("tabindex", "0"));
  }

  private static Element people(Visit visit, List<People.Person> people) {
    Element body = Element.of("tbody");
    for (People.Person person : people) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Content.text(person.name())).with("scope", "row"),
              Element.of("td", Content.text(person.organisation())),
              Element.of("td", roleForm(visit, person)),
              Element.of(
                  "td", person.seen() == 0 ? never(visit) : Snippets.time(visit, person.seen())),
              Element.of("td", "number", visit.words().number(person.sessions())),
              Element.of(
                  "td",
                  button(visit, "people.signOutAll", person, "people", person.name(), "sign-out"),
                  Content.text(" "),
                  button(visit, "people.remove", person, "people", person.name(), "remove"))));
    }
    return Snippets.scrolling(
        visit.words().of("nav.people"),
        Element.of(
                "table",
                heads(visit, "name", "organisation", "role", "seen", "sessions", "actions"),
                body)
            .is("roster"));
  }

  private static Content never(Visit visit) {
    return visit.words().text("people.never");
  }

  private static Element heads(Visit visit, String... names) {
    Element heads = Element.of("tr");
    for (String name : names) {
      heads.add(Element.of("th", visit.words().text("people." + name)).with("scope", "col"));
    }
    return Element.of("thead", heads);
  }

  private static Element roleForm(Visit visit, People.Person person) {
    return visit
        .change("people", person.name(), "role")
        .is("drawing inline")
        .add(
            visit.back(),
            roles(visit, person.role(), Role.OWNER)
                .with("aria-label", visit.words().of("people.role.of", person.name())),
            Element.of("button", visit.words().text("people.set")));
  }

  /// The roles that may be given by someone of a role.
  static Element roles(Visit visit, Role chosen, Role most) {
    Element select = Element.of("select").with("name", "role");
    for (Role role : Arrays.stream(Role.values()).filter(most::covers).toList()) {
      select.add(
          Element.of("option", visit.words().text("role." + role.word()))
              .with("value", role.word())
              .when(role == chosen, "selected"));
    }
    return select;
  }

  private static Element button(Visit visit, String text, People.Person person, String... path) {
    return visit
        .change(path)
        .is("inline")
        .add(
            visit.back(),
            Element.of("button", visit.words().text(text))
                .with("aria-label", visit.words().of(text + ".of", person.name())));
  }

  private static Content pending(Visit visit, List<People.Pending> pending) {
    if (pending.isEmpty()) {
      return Content.NONE;
    }
    Element body = Element.of("tbody");
    for (People.Pending each : pending) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Content.text(each.name())).with("scope", "row"),
              Element.of("td", Content.text(each.organisation())),
              Element.of("td", visit.words().text("role." + each.role().word())),
              Element.of("td", Content.text(each.by())),
              Element.of(
                  "td",
                  Content.text(
                      visit.words().moment(java.time.Instant.ofEpochMilli(each.expires())))),
              Element.of(
                  "td",
                  visit
                      .change("people", each.name(), "remove")
                      .is("inline")
                      .add(
                          visit.back(),
                          Element.of("button", visit.words().text("people.withdraw"))
                              .with(
                                  "aria-label",
                                  visit.words().of("people.withdraw.of", each.name()))))));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("people.pending")),
        Snippets.scrolling(
            visit.words().of("people.pending"),
            Element.of(
                    "table",
                    heads(visit, "name", "organisation", "role", "by", "expires", "actions"),
                    body)
                .is("roster")));
  }

  private static Element invite(Visit visit) {
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("people.invite")),
        visit
            .change("people", "invite")
            .is("drawing")
            .add(
                SignInPage.field(visit, "people.name", "name", "text", "off", ""),
                Element.of(
                    "label",
                    visit.words().text("people.role"),
                    roles(visit, Role.VIEWER, Role.OWNER)),
                Element.of("button", visit.words().text("people.invite.make")).is("primary")));
  }

  private static Content changes(Visit visit, List<AuditLog.Change> changes) {
    Element body = Element.of("tbody");
    for (AuditLog.Change change : changes) {
      body.add(
          Element.of(
              "tr",
              Element.of("td", Snippets.time(visit, change.at())),
              Element.of("td", Content.text(change.actor())),
              Element.of("td", Element.of("code", Content.text(change.action()))),
              Element.of("td", Content.text(change.subject())),
              Element.of("td", "how", Snippets.brief(change.detail(), 200))));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("people.changes")),
        Snippets.scrolling(
            visit.words().of("people.changes"),
            Element.of("table", heads(visit, "when", "who", "did", "to", "how"), body)
                .is("roster")));
  }
}
