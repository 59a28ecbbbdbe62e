package dev.imago.console.pages;

import dev.imago.accounts.Role;
import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.words.Tongue;
import java.util.ArrayList;
import java.util.List;

/// What stands around every page: the way to the others, language and appearance, the keys.
public final class PageFrame {
  /// The sections, by the first segment of their addresses; the key that leads to each after `g`.
  private static final List<Section> SECTIONS =
      List.of(
          new Section("", "nav.overview", "o", Role.VIEWER),
          new Section("runs", "nav.runs", "r", Role.VIEWER),
          new Section("artifacts", "nav.artifacts", "a", Role.VIEWER),
          new Section("models", "nav.models", "m", Role.VIEWER),
          new Section("requests", "nav.requests", "q", Role.OPERATOR),
          new Section("alerts", "nav.alerts", "l", Role.VIEWER),
          new Section("playground", "nav.playground", "p", Role.MEMBER),
          new Section("profiles", "nav.profiles", "f", Role.OPERATOR));

  private static final Section USAGE = new Section("usage", "nav.usage", "u", Role.OWNER);
  private static final Section PEOPLE = new Section("people", "nav.people", "e", Role.OWNER);

  /// No evaluation of texts, no styles of its own, nothing of another origin, nothing kept.
  private static final String HTMX =
      "{\"allowEval\":false,\"includeIndicatorStyles\":false,\"selfRequestsOnly\":true,"
          + "\"historyCacheSize\":0,\"refreshOnHistoryMiss\":true,\"scrollBehavior\":\"auto\"}";

  private final String version;

  private record Section(String path, String text, String key, Role needed) {
    Link link() {
      return path.isEmpty() ? Link.to() : Link.to(path);
    }
  }

  /// @param version of the scripts and styles, so that browsers keep them and take new ones
  public PageFrame(String version) {
    this.version = version;
  }

  /// @param title of the page
  /// @param charts whether it draws curves
  public Element page(Visit visit, String title, boolean charts, Content... content) {
    Element main = Element.of("main").with("id", "main").with("tabindex", "-1");
    main.add(content);
    Element body =
        Element.of("body")
            .add(
                Element.of("a", "skip", visit.words().of("frame.skip")).toPart("main"),
                header(visit),
                main,
                footer(visit),
                keys(visit),
                Element.of("div").with("id", "told").with("role", "status").is("unseen"));
    return Element.of("html", head(visit, title, charts), body)
        .with("lang", visit.words().tongue().tag())
        .when(!visit.scheme().isEmpty(), "data-scheme", visit.scheme());
  }

  private Element head(Visit visit, String title, boolean charts) {
    Element head =
        Element.of("head")
            .add(
                Element.of("meta").with("charset", "utf-8"),
                Element.of("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1"),
                Element.of("meta").with("name", "color-scheme").with("content", "light dark"),
                Element.of("meta").with("name", "htmx-config").with("content", HTMX),
                Element.of("title", Content.text(visit.words().of("frame.title", title))),
                Element.of("link").with("rel", "icon").to(asset("icon.svg")),
                style("console.css"));
    if (charts) {
      head.add(style("uplot.css"), script("uplot.js"));
    }
    return head.add(script("htmx.js"), script("console.js"));
  }

  private Link asset(String name) {
    return Link.to("assets", name).with("v", version);
  }

  private Element style(String name) {
    return Element.of("link").with("rel", "stylesheet").to(asset(name));
  }

  private Element script(String name) {
    return Element.of("script").with("defer", "").to(asset(name));
  }

  private static Element header(Visit visit) {
    Element list = Element.of("ul");
    List<String> path = visit.here().path();
    String here = path.isEmpty() ? "" : path.getFirst();
    var shown = new ArrayList<>(SECTIONS);
    if (visit.reader().accounts()) {
      shown.add(USAGE);
      shown.add(PEOPLE);
    }
    shown.removeIf(section -> !visit.reader().may(section.needed()));
    for (Section section : shown) {
      boolean within = section.path().equals(here.equals("compare") ? "runs" : here);
      list.add(
          Element.of(
              "li",
              Element.of("a", visit.words().text(section.text()))
                  .to(section.link())
                  .with("data-go", section.key())
                  .when(within, "aria-current", within && path.size() <= 1 ? "page" : "true")));
    }
    return Element.of("header")
        .is("bar")
        .add(
            Element.of("a", "brand", visit.words().of("frame.brand")).to(Link.to()),
            Element.of("nav", list).with("aria-label", visit.words().of("frame.sections")),
            visit.reader().isPerson()
                ? Element.of("a", "who", visit.reader().name()).to(Link.to("account"))
                : Content.NONE,
            Element.of("a", "keys-link", visit.words().of("frame.keys.mark"))
                .to(Link.to("keys"))
                .with("id", "show-keys")
                .with("aria-label", visit.words().of("frame.keys")));
  }

  private static Element footer(Visit visit) {
    Element languages = choices(visit, "frame.language");
    for (Tongue tongue : Tongue.values()) {
      languages.add(
          choice("lang", tongue.code(), tongue.own(), tongue == visit.words().tongue())
              .with("lang", tongue.tag()));
    }
    Element schemes = choices(visit, "frame.scheme");
    for (String scheme : List.of("", "light", "dark")) {
      String name = visit.words().of("scheme." + (scheme.isEmpty() ? "system" : scheme));
      schemes.add(
          choice(
              "scheme", scheme.isEmpty() ? "system" : scheme, name, scheme.equals(visit.scheme())));
    }
    return Element.of(
            "footer",
            visit.change("preferences").is("preferences").add(visit.back(), languages, schemes))
        .is("foot");
  }

  private static Element choices(Visit visit, String label) {
    return Element.of("div")
        .is("choices")
        .with("role", "group")
        .with("aria-label", visit.words().of(label));
  }

  private static Element choice(String name, String value, String text, boolean chosen) {
    return Element.of("button", Content.text(text))
        .with("name", name)
        .with("value", value)
        .with("aria-pressed", Boolean.toString(chosen));
  }

  private static Element keys(Visit visit) {
    return Element.of("dialog", keyTable(visit))
        .with("id", "keys")
        .with("aria-label", visit.words().of("frame.keys"));
  }

  /// The keys and what they do, in the dialog and on a page of their own.
  static Element keyTable(Visit visit) {
    Element table = Element.of("dl").is("keys");
    for (String key : List.of("help", "find", "go", "move", "open", "mark", "close")) {
      table.add(
          Element.of("dt", Element.of("kbd", visit.words().text("key." + key + ".key"))),
          Element.of("dd", visit.words().text("key." + key + ".does")));
    }
    return Element.of("div", Element.of("h2", visit.words().text("frame.keys")), table);
  }

  /// The page of the keys, for whom no dialog opens.
  public Element keysPage(Visit visit) {
    String title = visit.words().of("frame.keys");
    return page(visit, title, false, Element.of("h1", Content.text(title)), keyTable(visit));
  }

  /// What went wrong, and where to go on.
  public Element trouble(Visit visit, int status, String message) {
    String title = visit.words().of(status == 404 ? "trouble.missing" : "trouble.title");
    return page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        Element.of("p", "problem", message),
        Element.of("p", Element.of("a", visit.words().text("trouble.home")).to(Link.to())));
  }
}
