package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.core.EnergySettings;
import dev.imago.core.EnergyUse;
import dev.imago.data.MeasuredModel;
import dev.imago.data.ModelChoice;
import dev.imago.data.ModelChoice.Judged;
import dev.imago.data.ModelChoice.Merit;
import dev.imago.data.ModelChoice.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which model for this task, this wait and this cost: what was measured of each, which of them no
/// other beats, and why. All that is asked stands in the address.
final class CatalogueView {
  private static final int THOUSAND = 1000;

  private final Visit visit;
  private final List<MeasuredModel> all;
  private final Optional<EnergySettings.Carbon> carbon;
  private final double hourly;
  private final String by;
  private final List<Judged> judged;

  /// @param all models of the workspace
  CatalogueView(Visit visit, List<MeasuredModel> all, Optional<EnergySettings.Carbon> carbon) {
    this.visit = visit;
    this.all = all;
    this.carbon = carbon;
    String language = visit.asked().first("language");
    List<MeasuredModel> such =
        ModelChoice.of(all, visit.asked().first("for")).stream()
            .filter(model -> language.isEmpty() || model.languages().contains(language))
            .toList();
    List<String> measures = ModelChoice.measures(such);
    String asked = visit.asked().first("by");
    this.by = measures.contains(asked) ? asked : measures.isEmpty() ? "" : measures.getFirst();
    this.hourly = visit.asked().number("hourly").filter(n -> n >= 0).orElse(Double.NaN);
    var wanted =
        new ModelChoice.Wanted(
            by,
            visit.asked().number("latency").orElse(Double.POSITIVE_INFINITY),
            hourly,
            visit.asked().number("cost").orElse(Double.POSITIVE_INFINITY));
    // Those to take first; what is not known last.
    this.judged =
        ModelChoice.judge(such, wanted).stream()
            .sorted(Comparator.comparing(Judged::verdict).thenComparing(this::order))
            .toList();
  }

  private int order(Judged one, Judged other) {
    return Double.compare(score(other), score(one));
  }

  private double score(Judged of) {
    MeasuredModel.Score score = of.model().scores().get(by);
    return score == null
        ? Double.NEGATIVE_INFINITY
        : score.higherIsBetter() ? score.value() : -score.value();
  }

  Element section() {
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("catalogue.title")), form());
    boolean priced = visit.asked().number("cost").isPresent();
    if (priced && Double.isNaN(hourly)) {
      section.add(Element.of("p", "problem", visit.words().of("catalogue.needsHourly")));
    }
    if (judged.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("catalogue.none")));
    }
    section.add(
        Element.of(
            "p",
            "summary",
            visit
                .words()
                .count(
                    "catalogue.taken",
                    judged.stream().filter(each -> each.verdict() == Verdict.TAKEN).count())),
        Snippets.scrolling(visit.words().of("catalogue.title"), table()));
    if (judged.stream().anyMatch(each -> isEstimate(each.model()))) {
      section.add(Element.of("p", "hint", visit.words().of("catalogue.estimate", sources())));
    }
    return section;
  }

  private Element form() {
    var tasks = new TreeSet<String>();
    var languages = new TreeSet<String>();
    all.forEach(
        model -> {
          tasks.add(model.task());
          languages.addAll(model.languages());
        });
    return Element.of("form")
        .is("drawing")
        .with("role", "search")
        .to(Link.to("models"))
        .add(
            choice("for", tasks, "catalogue.task"),
            choice("language", languages, "catalogue.language"),
            choice("by", ModelChoice.measures(all), "catalogue.by"),
            number("latency", "catalogue.latency"),
            number("hourly", "catalogue.hourly"),
            number("cost", "catalogue.cost.most"),
            Element.of("button", visit.words().text("catalogue.ask"))
                .is("primary")
                .with("type", "submit"));
  }

  private Element choice(String name, Collection<String> values, String label) {
    String chosen = visit.asked().first(name);
    Element select =
        Element.of(
                "select",
                Element.of("option", visit.words().text("catalogue.any")).with("value", ""))
            .with("name", name);
    for (String value : values) {
      select.add(
          Element.of("option", Content.text(value))
              .with("value", value)
              .when(value.equals(chosen), "selected"));
    }
    return Element.of("label", visit.words().text(label), select);
  }

  private Element number(String name, String label) {
    return Element.of(
        "label",
        visit.words().text(label),
        Element.of("input")
            .with("type", "number")
            .with("name", name)
            .with("min", "0")
            .with("step", "any")
            .with("inputmode", "decimal")
            .with("value", visit.asked().first(name)));
  }

  private Element table() {
    Element heads = Element.of("tr");
    for (String column :
        List.of(
            "model", "take", "task", "languages", "size", "score", "speed", "first", "memory")) {
      boolean isNumber = List.of("size", "score", "speed", "first", "memory").contains(column);
      head(
          heads,
          column.equals("score") && !by.isEmpty() ? by : visit.words().of("catalogue." + column),
          isNumber);
    }
    head(heads, visit.words().of("catalogue.energy"), true);
    if (carbon.isPresent()) {
      head(heads, visit.words().of("catalogue.carbon"), true);
    }
    head(heads, visit.words().of("catalogue.cost"), true);
    Element body = Element.of("tbody");
    judged.forEach(each -> body.add(row(each)));
    return Element.of("table", Element.of("thead", heads), body).is("catalogue");
  }

  private static void head(Element heads, String text, boolean isNumber) {
    heads.add(
        Element.of("th", Content.text(text))
            .with("scope", "col")
            .when(isNumber, "class", "number"));
  }

  private Element row(Judged judged) {
    MeasuredModel model = judged.model();
    MeasuredModel.Speed speed = model.speed();
    EnergyUse token = speed == null ? null : speed.tokenEnergy();
    Element row =
        Element.of(
                "tr",
                Element.of("th", Snippets.artifact(model.ref().toString())).with("scope", "row"),
                Element.of("td", reason(judged)).is("how"),
                Element.of("td", Content.text(model.task())),
                Element.of("td", "languages", String.join(" ", model.languages())),
                Element.of("td", "number", visit.words().bytes(model.bytes())),
                score(model.scores().get(by)))
            .when(judged.verdict() == Verdict.TAKEN, "class", "taken");
    if (speed == null) {
      row.add(cell(visit.words().of("catalogue.unmeasured")), cell("–"), cell("–"), cell("–"));
    } else {
      row.add(
          cell(visit.words().number(speed.tokensPerSecond())),
          cell(
              Double.isNaN(speed.firstTokenMillis())
                  ? "–"
                  : visit
                      .words()
                      .of("catalogue.millis", speed.firstTokenMillis(), speed.promptTokens())),
          cell(speed.residentBytes() == 0 ? "–" : visit.words().bytes(speed.residentBytes())),
          cell(
              token == null
                  ? visit.words().of("catalogue.unknown")
                  : Snippets.range(
                      visit, token.low() * THOUSAND, token.high() * THOUSAND, token.counted())));
    }
    carbon.ifPresent(
        intensity ->
            row.add(
                cell(
                    token == null
                        ? "–"
                        : Snippets.range(
                            visit,
                            token.gramsLow(intensity) * THOUSAND,
                            token.gramsHigh(intensity) * THOUSAND,
                            token.counted()))));
    double cost = model.cost(hourly);
    return row.add(cell(Double.isNaN(cost) ? "–" : visit.words().number(cost)));
  }

  private static Element cell(String text) {
    return Element.of("td", "number", text);
  }

  /// The score, and below it the interval.
  private Element score(MeasuredModel.@Nullable Score score) {
    Element cell =
        Element.of("td", "number", score == null ? "–" : visit.words().number(score.value()));
    if (score != null && Double.isFinite(score.low()) && Double.isFinite(score.high())) {
      cell.add(
          Element.of(
              "span",
              "hint",
              visit
                  .words()
                  .of(
                      "catalogue.between",
                      visit.words().number(score.low()),
                      visit.words().number(score.high()),
                      score.items())));
    }
    return cell;
  }

  /// Those that keep to what is asked.
  private List<MeasuredModel> within() {
    return this.judged.stream()
        .filter(each -> each.verdict() == Verdict.TAKEN || each.verdict() == Verdict.BEATEN)
        .map(Judged::model)
        .toList();
  }

  /// Whether to take it and why, and what would have been cheaper.
  private Content reason(Judged judged) {
    var parts = new ArrayList<Content>();
    MeasuredModel by = judged.by();
    if (by != null) {
      parts.add(
          Content.text(visit.words().of("verdict.beaten", words(judged, CatalogueView::better))));
      parts.add(Content.text(" "));
      parts.add(Snippets.artifact(by.ref().toString()));
    } else {
      String said =
          judged.verdict() == Verdict.TAKEN && !judged.merits().isEmpty()
              ? visit.words().of("verdict.taken", words(judged, CatalogueView::merit))
              : visit.words().of(verdict(judged.verdict()));
      parts.add(
          judged.verdict() == Verdict.TAKEN
              ? Element.of("strong", Content.text(said))
              : Content.text(said));
    }
    ModelChoice.cheaper(judged.model(), within(), this.by)
        .ifPresent(
            cheaper -> {
              parts.add(Content.text(" "));
              parts.add(
                  Content.text(
                      visit
                          .words()
                          .of(
                              cheaper.ofEnergy() ? "cheaper.energy" : "cheaper.time",
                              Math.round((1 - cheaper.share()) * 100))));
              parts.add(Content.text(" "));
              parts.add(Snippets.artifact(cheaper.model().ref().toString()));
            });
    MeasuredModel.Speed speed = judged.model().speed();
    MeasuredModel.Thrifty thrifty = speed == null ? null : speed.thrifty();
    EnergyUse own = speed == null ? null : speed.tokenEnergy();
    if (thrifty != null
        && own != null
        && own.middle() > 0
        && ModelChoice.isCheaper(thrifty.tokenEnergy().middle() / own.middle())) {
      parts.add(Content.text(" "));
      parts.add(
          Content.text(
              visit
                  .words()
                  .of(
                      "cheaper.threads",
                      thrifty.threads(),
                      Math.round((1 - thrifty.tokenEnergy().middle() / own.middle()) * 100))));
    }
    return Content.of(parts);
  }

  private String words(Judged judged, Function<Merit, String> key) {
    return judged.merits().stream()
        .map(merit -> visit.words().of(key.apply(merit)))
        .collect(Collectors.joining(visit.words().of("catalogue.and")));
  }

  private static String merit(Merit merit) {
    return switch (merit) {
      case SCORE -> "merit.score";
      case FIRST_TOKEN -> "merit.first";
      case RATE -> "merit.rate";
      case SIZE -> "merit.size";
    };
  }

  private static String better(Merit merit) {
    return switch (merit) {
      case SCORE -> "better.score";
      case FIRST_TOKEN -> "better.first";
      case RATE -> "better.rate";
      case SIZE -> "better.size";
    };
  }

  private static String verdict(Verdict verdict) {
    return switch (verdict) {
      case TAKEN -> "verdict.takenPlain";
      case BEATEN -> "verdict.beaten";
      case SPEED_UNKNOWN -> "verdict.speedUnknown";
      case TOO_LATE -> "verdict.tooLate";
      case TOO_DEAR -> "verdict.tooDear";
      case SCORE_UNKNOWN -> "verdict.scoreUnknown";
    };
  }

  private static boolean isEstimate(MeasuredModel model) {
    MeasuredModel.Speed speed = model.speed();
    EnergyUse token = speed == null ? null : speed.tokenEnergy();
    return token != null && !token.counted();
  }

  private String sources() {
    var sources = new TreeSet<String>();
    for (Judged each : judged) {
      MeasuredModel.Speed speed = each.model().speed();
      EnergyUse token = speed == null ? null : speed.tokenEnergy();
      if (token != null && !token.counted()) {
        sources.add(token.source());
      }
    }
    return String.join("; ", sources);
  }
}
