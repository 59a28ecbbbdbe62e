package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.console.shelf.DocumentIndexes;
import dev.imago.console.shelf.DocumentSearch;
import dev.imago.core.Inventory;
import dev.imago.data.Document;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The documents of one part of a corpus: where each came from, its tags, and of a reject the rule
/// that it broke with the value that broke it.
public final class DocumentsPage {
  private static final int SHOWN_CHARS = 400;
  private static final int WHOLE_CHARS = 50_000;

  private final PageFrame frame;
  private final ArtifactShelf shelf;
  private final DocumentIndexes indexes;

  public DocumentsPage(PageFrame frame, ArtifactShelf shelf, DocumentIndexes indexes) {
    this.indexes = indexes;
    this.frame = frame;
    this.shelf = shelf;
  }

  /// @param parts those that the artifact has, one at least
  public Element page(Visit visit, Inventory.Item item, List<String> parts) {
    String asked = visit.asked().first("part");
    String part = parts.contains(asked) ? asked : parts.getFirst();
    var wish =
        new DocumentSearch.Wish(
            part,
            visit.asked().first("id").strip(),
            visit.asked().first("source").strip(),
            visit.asked().first("rule").strip(),
            visit.asked().first("word").strip(),
            visit.asked().whole("from", 0, 0, Integer.MAX_VALUE));
    DocumentSearch.Found found =
        DocumentSearch.find(item.ref(), shelf.folder(item.ref()), wish, indexes);
    OptionalLong making = indexes.making(item.ref(), part);
    Link self = Link.to("artifacts", item.ref().kind(), item.ref().hash());
    Link here = new Link(visit.here().path(), visit.here().query());
    String title = visit.words().of("documents.title", item.ref().brief());
    Element list = Element.of("ol").is("documents").with("start", wish.from() + 1);
    for (int i = 0; i < found.documents().size(); i++) {
      list.add(document(visit, here, found.documents().get(i), found.places().get(i)));
    }
    Element more =
        Element.of("nav").is("pages").with("aria-label", visit.words().of("pages.label"));
    if (wish.from() > 0) {
      more.add(Element.of("a", visit.words().text("documents.first")).to(here.only("from", "")));
    }
    if (found.next() >= 0) {
      more.add(
          Element.of("a", visit.words().text("documents.on", found.next()))
              .to(here.only("from", Long.toString(found.next())))
              .with("rel", "next"));
    }
    return frame.page(
        visit,
        title,
        false,
        Element.of(
                "nav",
                Element.of("a", visit.words().text("nav.artifacts")).to(Link.to("artifacts")),
                Element.of("a", Content.text(item.ref().brief())).to(self))
            .is("crumbs")
            .with("aria-label", visit.words().of("frame.crumbs")),
        Element.of("h1", Content.text(title)),
        form(visit, here, parts, wish),
        making.isPresent()
            ? Element.of("p", "hint", visit.words().of("documents.indexing", making.getAsLong()))
            : indexes.isTooLarge(shelf.folder(item.ref()), part)
                ? Element.of("p", "hint", visit.words().of("documents.tooLarge"))
                : Content.NONE,
        found.problem().isEmpty() ? Content.NONE : Element.of("p", "problem", found.problem()),
        found.documents().isEmpty()
            ? Element.of(
                "p",
                "empty",
                visit
                    .words()
                    .of(found.next() < 0 ? "documents.none" : "documents.none.yet", found.next()))
            : list,
        more);
  }

  private static Element form(
      Visit visit, Link here, List<String> parts, DocumentSearch.Wish wish) {
    Element part = Element.of("select").with("name", "part");
    for (String each : parts) {
      part.add(
          Element.of("option", Content.text(each))
              .with("value", each)
              .when(each.equals(wish.part()), "selected"));
    }
    return Element.of("form")
        .is("drawing")
        .with("role", "search")
        .to(new Link(here.path(), List.of()))
        .add(
            Element.of("label", visit.words().text("documents.which"), part),
            field(visit, "word", wish.word()),
            field(visit, "source", wish.source()),
            field(visit, "rule", wish.rule()),
            field(visit, "id", wish.id()),
            Element.of("button", visit.words().text("documents.find")).with("type", "submit"));
  }

  private static Element field(Visit visit, String name, String value) {
    return Element.of(
        "label",
        visit.words().text("documents." + name),
        Element.of("input")
            .with("type", "search")
            .with("name", name)
            .with("value", value)
            .with("maxlength", 300)
            .with("autocomplete", "off"));
  }

  private static Element document(Visit visit, Link here, Document document, long place) {
    Element tags = Element.of("p").is("tags");
    Map<String, String> all = new TreeMap<>(document.tags());
    String rule = all.remove("rule");
    String measured = all.remove("measured");
    if (rule != null) {
      tags.add(
          Element.of(
                  "a",
                  "reject",
                  measured == null ? rule : visit.words().of("documents.broke", rule, measured))
              .to(here.only("from", "").only("rule", rule)));
    }
    all.forEach(
        (name, value) ->
            tags.add(
                Element.of(
                    "span",
                    "tag",
                    visit.words().of("documents.tag", name, Snippets.brief(value, 100)))));
    String text = document.text();
    Element body =
        text.length() <= SHOWN_CHARS
            ? Element.of("p", "text", text)
            : Element.of(
                "details",
                Element.of(
                    "summary", Element.of("span", "text", Snippets.brief(text, SHOWN_CHARS))),
                Element.of("p", "text", Snippets.brief(text, WHOLE_CHARS)));
    return Element.of(
            "li",
            Element.of(
                    "p",
                    Element.of("code", Content.text(Snippets.brief(document.id(), 80))),
                    Element.of("a", "source", Snippets.brief(document.source(), 160))
                        .to(here.only("from", "").only("source", document.source())))
                .is("head"),
            tags,
            body)
        .with("value", place + 1);
  }
}
