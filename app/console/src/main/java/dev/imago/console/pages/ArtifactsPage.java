package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.core.Inventory;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/// All artifacts, of all kinds or of one, the newest first.
public final class ArtifactsPage {
  private static final int ROWS = 100;

  private final PageFrame frame;
  private final ArtifactShelf shelf;

  public ArtifactsPage(PageFrame frame, ArtifactShelf shelf) {
    this.frame = frame;
    this.shelf = shelf;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.artifacts");
    ArtifactShelf.Stock stock = shelf.stock();
    String kind = visit.asked().first("kind");
    var kinds = new TreeMap<String, Integer>();
    stock.items().values().forEach(i -> kinds.merge(i.ref().kind(), 1, Integer::sum));
    Element filter =
        Element.of("nav").is("kinds").with("aria-label", visit.words().of("artifacts.kinds"));
    filter.add(
        Element.of("a", visit.words().text("artifacts.all", stock.items().size()))
            .to(Link.to("artifacts"))
            .when(kind.isEmpty(), "aria-current", "true"));
    kinds.forEach(
        (name, n) ->
            filter.add(
                Element.of("a", visit.words().text("artifacts.kind", name, n))
                    .to(Link.to("artifacts").with("kind", name))
                    .when(kind.equals(name), "aria-current", "true")));
    List<Inventory.Item> items =
        stock.items().values().stream()
            .filter(i -> kind.isEmpty() || i.ref().kind().equals(kind))
            .sorted(Comparator.comparing(Inventory.Item::made).reversed())
            .toList();
    int pages = Math.max(1, (items.size() + ROWS - 1) / ROWS);
    int page = visit.asked().whole("page", 1, 1, pages);
    Content problem =
        stock.problem().isEmpty() ? Content.NONE : Element.of("p", "problem", stock.problem());
    Content list =
        items.isEmpty()
            ? Element.of("p", "empty", visit.words().of("artifacts.none"))
            : Snippets.scrolling(
                title, table(visit, items.stream().skip((page - 1L) * ROWS).limit(ROWS).toList()));
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        filter,
        problem,
        list,
        turn(visit, page, pages));
  }

  private static Content turn(Visit visit, int page, int pages) {
    if (pages == 1) {
      return Content.NONE;
    }
    Element turn =
        Element.of("nav").is("pages").with("aria-label", visit.words().of("pages.label"));
    if (page > 1) {
      turn.add(
          Element.of("a", visit.words().text("pages.before"))
              .to(visit.here().only("page", Integer.toString(page - 1))));
    }
    turn.add(Element.of("span", visit.words().text("pages.at", page, pages)));
    if (page < pages) {
      turn.add(
          Element.of("a", visit.words().text("pages.after"))
              .to(visit.here().only("page", Integer.toString(page + 1))));
    }
    return turn;
  }

  private static Element table(Visit visit, List<Inventory.Item> items) {
    Element heads = Element.of("tr");
    for (String field : List.of("artifact", "by", "recipe", "size", "made", "inputs")) {
      heads.add(
          Element.of("th", visit.words().text("artifact." + field))
              .with("scope", "col")
              .when(field.equals("size"), "class", "number"));
    }
    Element body = Element.of("tbody");
    for (Inventory.Item item : items) {
      Element inputs = Element.of("td").is("refs");
      item.inputs().stream().sorted().limit(4).forEach(i -> inputs.add(Snippets.artifact(i)));
      body.add(
          Element.of(
              "tr",
              Element.of("td", Snippets.artifact(item.ref().toString())),
              Element.of("td", Content.text(item.by())),
              Element.of("td", Content.text(item.recipe())),
              Element.of("td", "number", visit.words().bytes(item.bytes())),
              Element.of("td", Snippets.time(visit, item.made().toEpochMilli())).is("when"),
              inputs));
    }
    return Element.of("table", Element.of("thead", heads), body);
  }
}
