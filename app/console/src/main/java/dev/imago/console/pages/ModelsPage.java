package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.console.shelf.ModelScores;
import dev.imago.core.EnergySettings;
import dev.imago.core.ImagoException;
import dev.imago.core.Inventory;
import dev.imago.data.MeasuredModel;
import dev.imago.data.Scores;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// All models with what was measured of each; what was not measured says so.
public final class ModelsPage {
  private static final int MOST = 200;

  private static final int MOST_BROKEN = 5;

  /// So many measurements of a model stand open.
  private static final int SHOWN = 6;

  private final PageFrame frame;
  private final ArtifactShelf shelf;
  private final Function<Consumer<String>, List<MeasuredModel>> catalogue;
  private Known known = new Known(-1, List.of(), List.of());

  /// What the catalogue said when the workspace was as its stamp says: it is read from many files.
  private record Known(long stamp, List<MeasuredModel> models, List<String> broken) {}

  /// @param catalogue the models with what was measured of each; tells what cannot be read of it
  public ModelsPage(
      PageFrame frame,
      ArtifactShelf shelf,
      Function<Consumer<String>, List<MeasuredModel>> catalogue) {
    this.frame = frame;
    this.shelf = shelf;
    this.catalogue = catalogue;
  }

  public Element page(Visit visit) {
    String title = visit.words().of("nav.models");
    ArtifactShelf.Stock stock = shelf.stock();
    List<Inventory.Item> models =
        stock.items().values().stream()
            .filter(ModelScores::isModel)
            .sorted(Comparator.comparing(Inventory.Item::made).reversed())
            .limit(MOST)
            .toList();
    Element list = Element.of("div").is("models");
    for (Inventory.Item model : models) {
      list.add(model(visit, stock, model));
    }
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        stock.problem().isEmpty() ? Content.NONE : Element.of("p", "problem", stock.problem()),
        models.isEmpty()
            ? Element.of("p", "empty", visit.words().of("models.none"))
            : catalogue(visit),
        models.isEmpty()
            ? Content.NONE
            : Element.of("section", Element.of("h2", visit.words().text("models.scores")), list));
  }

  /// What cannot be read of it is told; the rest of the page stands.
  private Element catalogue(Visit visit) {
    Known now;
    try {
      now = known();
    } catch (ImagoException | UncheckedIOException | IllegalArgumentException e) {
      return Element.of("p", "problem", String.valueOf(e.getMessage()));
    }
    var broken = new ArrayList<>(now.broken());
    Optional<EnergySettings.Carbon> carbon = Optional.empty();
    try {
      carbon = shelf.electricity().carbon();
    } catch (ImagoException e) {
      broken.add(String.valueOf(e.getMessage()));
    }
    Element section = new CatalogueView(visit, now.models(), carbon).section();
    broken.stream().limit(MOST_BROKEN).forEach(b -> section.add(Element.of("p", "problem", b)));
    if (broken.size() > MOST_BROKEN) {
      section.add(
          Element.of(
              "p",
              "problem",
              visit.words().count("overview.problems.more", broken.size() - MOST_BROKEN)));
    }
    return section;
  }

  private synchronized Known known() {
    long stamp = shelf.stampOfModels();
    if (stamp != known.stamp()) {
      var broken = new ArrayList<String>();
      known = new Known(stamp, List.copyOf(catalogue.apply(broken::add)), List.copyOf(broken));
    }
    return known;
  }

  private Element model(Visit visit, ArtifactShelf.Stock stock, Inventory.Item model) {
    List<ModelScores> measured = ModelScores.of(shelf, stock, model.ref());
    String form =
        shelf.files(model.ref()).keySet().stream().anyMatch(f -> f.endsWith(".gguf"))
            ? "models.form.gguf"
            : model.ref().kind().equals("onnx") ? "models.form.onnx" : "models.form.folder";
    Element card =
        Element.of(
                "article",
                Element.of("h2", Snippets.artifact(model.ref().toString())),
                Element.of(
                    "p",
                    "hint",
                    visit
                        .words()
                        .of(
                            "models.about",
                            visit.words().of(form),
                            visit.words().bytes(model.bytes()),
                            model.by().isEmpty() ? "–" : model.by(),
                            model.recipe().isEmpty() ? "–" : model.recipe())),
                Element.of("p", Snippets.time(visit, model.made().toEpochMilli())).is("hint"))
            .is("card");
    if (measured.isEmpty()) {
      return card.add(Element.of("p", "empty", visit.words().of("models.unmeasured")));
    }
    for (ModelScores scores : measured) {
      card.add(
          Element.of(
                  "details",
                  Element.of(
                      "summary",
                      Content.text(
                          visit.words().count("models.measured", scores.measurements().size()))),
                  Element.of("p", Snippets.artifact(scores.from().toString())),
                  table(visit, scores.measurements()))
              .when(scores.measurements().size() <= SHOWN, "open"));
    }
    return card;
  }

  /// Measurements with their intervals.
  static Element table(Visit visit, List<Scores.Measurement> measurements) {
    Element heads = Element.of("tr");
    for (String name : List.of("name", "value", "interval", "n", "unit")) {
      heads.add(
          Element.of("th", visit.words().text("score." + name))
              .with("scope", "col")
              .when(List.of("value", "interval", "n").contains(name), "class", "number"));
    }
    Element body = Element.of("tbody");
    for (Scores.Measurement each : measurements) {
      String interval =
          Double.isFinite(each.low()) && Double.isFinite(each.high())
              ? visit
                  .words()
                  .of(
                      "score.between",
                      visit.words().number(each.low()),
                      visit.words().number(each.high()))
              : "–";
      body.add(
          Element.of(
              "tr",
              Element.of("th", Content.text(each.name())).with("scope", "row"),
              Element.of("td", "number", visit.words().number(each.value())),
              Element.of("td", "number", interval),
              Element.of("td", "number", visit.words().number(each.n())),
              Element.of("td", Content.text(each.unit()))));
    }
    return Snippets.scrolling(
        visit.words().of("models.scores"), Element.of("table", Element.of("thead", heads), body));
  }
}
