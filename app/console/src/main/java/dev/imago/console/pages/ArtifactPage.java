package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.console.shelf.DocumentSearch;
import dev.imago.console.shelf.LineageGraph;
import dev.imago.console.shelf.ModelScores;
import dev.imago.core.Inventory;
import dev.imago.core.LineageEnergy;
import dev.imago.core.Provenance;
import dev.imago.data.Scores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One artifact: how it was made, from what, and what came of it, as a graph that can be walked.
public final class ArtifactPage {
  private static final int MOST_FILES = 200;

  private final PageFrame frame;
  private final ArtifactShelf shelf;

  public ArtifactPage(PageFrame frame, ArtifactShelf shelf) {
    this.frame = frame;
    this.shelf = shelf;
  }

  public Element page(Visit visit, Inventory.Item item) {
    ArtifactShelf.Stock stock = shelf.stock();
    Optional<Provenance> made = shelf.provenance(item.ref());
    var facts = new LinkedHashMap<String, Content>();
    facts.put(visit.words().of("artifact.by"), Content.text(item.by().isEmpty() ? "–" : item.by()));
    facts.put(visit.words().of("artifact.made"), Snippets.time(visit, item.made().toEpochMilli()));
    facts.put(visit.words().of("artifact.size"), Content.text(visit.words().bytes(item.bytes())));
    made.ifPresent(
        p -> {
          facts.put(visit.words().of("artifact.seed"), Content.text(Long.toString(p.seed())));
          facts.put(visit.words().of("artifact.code"), Content.text(p.codeVersion()));
          facts.put(visit.words().of("artifact.machine"), Content.text(p.machine()));
        });
    LineageEnergy energy =
        stock
            .inventory()
            .map(all -> LineageEnergy.of(all, item.ref()))
            .orElseGet(() -> LineageEnergy.of(List.of()));
    facts.put(
        visit.words().of("energy.lineage"),
        Content.of(
            List.of(
                Snippets.energy(visit, energy.known(), shelf),
                Element.of(
                    "span",
                    "hint",
                    visit.words().of("energy.of", energy.runs(), energy.stages())))));
    Element heading =
        Element.of(
            "h1",
            Content.text(item.ref().kind()),
            Element.of("span", "hash", item.ref().hash().substring(0, 12)));
    return frame.page(
        visit,
        item.ref().brief(),
        false,
        Element.of(
                "nav",
                Element.of("a", visit.words().text("nav.artifacts")).to(Link.to("artifacts")))
            .is("crumbs")
            .with("aria-label", visit.words().of("frame.crumbs")),
        heading,
        Element.of("p", Element.of("code", Content.text(item.ref().toString()))).is("whole-ref"),
        Snippets.facts(facts),
        documents(visit, item),
        graph(visit, stock, item),
        scores(visit, item),
        files(visit, item),
        config(visit, made));
  }

  private Content documents(Visit visit, Inventory.Item item) {
    List<String> parts = DocumentSearch.parts(shelf.folder(item.ref()));
    if (parts.isEmpty()) {
      return Content.NONE;
    }
    Element list = Element.of("p").is("parts");
    for (String part : parts) {
      list.add(
          Element.of("a", visit.words().text("documents.part", part))
              .is("button")
              .to(
                  Link.to("artifacts", item.ref().kind(), item.ref().hash(), "documents")
                      .with("part", part)));
    }
    return list;
  }

  private static Element graph(Visit visit, ArtifactShelf.Stock stock, Inventory.Item item) {
    LineageGraph graph = LineageGraph.around(stock, item.ref());
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("artifact.lineage")));
    section.add(
        Snippets.scrolling(
            visit.words().of("artifact.lineage"), GraphDrawing.draw(visit, graph, item.ref())));
    if (graph.cut()) {
      section.add(Element.of("p", "hint", visit.words().of("artifact.lineage.cut")));
    }
    Element from = Element.of("ul").is("refs");
    item.inputs().stream().sorted().forEach(i -> from.add(Element.of("li", Snippets.artifact(i))));
    Element to = Element.of("ul").is("refs");
    stock
        .dependants(item.ref())
        .forEach(d -> to.add(Element.of("li", Snippets.artifact(d.toString()))));
    return section.add(
        Element.of(
                "div",
                Element.of(
                    "div",
                    Element.of("h3", visit.words().text("artifact.from")),
                    orNone(visit, from, item.inputs().isEmpty())),
                Element.of(
                    "div",
                    Element.of("h3", visit.words().text("artifact.into")),
                    orNone(visit, to, stock.dependants(item.ref()).isEmpty())))
            .is("two"));
  }

  private static Content orNone(Visit visit, Element list, boolean empty) {
    return empty ? Element.of("p", "empty", visit.words().of("artifact.nothing")) : list;
  }

  private Content scores(Visit visit, Inventory.Item item) {
    List<Scores.Measurement> own = ModelScores.read(shelf.folder(item.ref()));
    return own.isEmpty()
        ? Content.NONE
        : Element.of(
            "section",
            Element.of("h2", visit.words().text("models.scores")),
            ModelsPage.table(visit, own));
  }

  private Content files(Visit visit, Inventory.Item item) {
    Map<String, Long> files = shelf.files(item.ref());
    Element body = Element.of("tbody");
    files.entrySet().stream()
        .limit(MOST_FILES)
        .forEach(
            file ->
                body.add(
                    Element.of(
                        "tr",
                        Element.of("th", Content.text(file.getKey())).with("scope", "row"),
                        Element.of("td", "number", visit.words().bytes(file.getValue())))));
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("artifact.files")),
        Snippets.scrolling(
            visit.words().of("artifact.files"), Element.of("table", body).is("settings")));
  }

  private static Content config(Visit visit, Optional<Provenance> made) {
    return made.map(
            p ->
                (Content)
                    Element.of(
                        "section",
                        Element.of("h2", visit.words().text("run.settings")),
                        Element.of(
                            "details",
                            Element.of("summary", visit.words().text("artifact.config")),
                            Element.of("pre", Content.text(Snippets.brief(p.configJson(), 100_000)))
                                .with("tabindex", "0"))))
        .orElse(Content.NONE);
  }
}
