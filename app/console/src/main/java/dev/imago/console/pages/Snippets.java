package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.runs.RunEntry;
import dev.imago.console.runs.RunMarks;
import dev.imago.console.runs.RunState;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.core.EnergySettings;
import dev.imago.core.EnergyUse;
import dev.imago.core.ImagoException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What several pages say alike: a state, a time, a run's name, a field of a run.
final class Snippets {
  private static final int SHORT = 12;

  private Snippets() {}

  /// A state as a word with a mark, so that no colour is needed to tell it.
  static Element state(Visit visit, RunState state) {
    return Element.of("span", Content.text(visit.words().of("state." + state.word())))
        .is("state " + state.word());
  }

  static Element time(Visit visit, long millis) {
    Instant at = Instant.ofEpochMilli(millis);
    return Element.of("time", Content.text(visit.words().ago(at, visit.now())))
        .with("datetime", at.toString())
        .with("title", visit.words().moment(at));
  }

  static Link link(RunEntry run) {
    return Link.to("runs", run.key());
  }

  /// A run by what it did, with the way to it.
  static Element run(RunEntry run) {
    return Element.of("a", Content.text(title(run))).to(link(run)).with("title", run.id());
  }

  static String title(RunEntry run) {
    return run.step().isEmpty() ? run.id() : run.step();
  }

  /// An artifact's reference, shortened, with the way to it.
  static Element artifact(String reference) {
    int slash = reference.indexOf('/');
    if (slash < 1) {
      return Element.of("span", "ref", reference);
    }
    String kind = reference.substring(0, slash);
    String hash = reference.substring(slash + 1);
    return Element.of("a", "ref", kind + "/" + hash.substring(0, Math.min(SHORT, hash.length())))
        .to(Link.to("artifacts", kind, hash));
  }

  /// A field of a run by its name in addresses, as a cell of a table.
  static Element cell(Visit visit, RunEntry run, RunMarks.Mark mark, String field) {
    return switch (field) {
      case "run" ->
          Element.of(
              "td",
              Element.of("a", "run-id", run.id()).to(link(run)).with("id", "run-" + run.key()));
      case "state" -> Element.of("td", state(visit, run.state()));
      case "started" -> Element.of("td", time(visit, run.started())).is("when");
      case "took" ->
          Element.of("td", "number", run.seconds() > 0 ? visit.words().span(run.seconds()) : "–");
      case "tags" -> Element.of("td", tags(mark));
      default -> {
        double number = run.number(field);
        if (field.startsWith("m:")) {
          String shown = run.last().has(field.substring(2)) ? visit.words().number(number) : "–";
          yield Element.of("td", "number", shown);
        }
        String text = run.text(field);
        yield Element.of("td", Double.isNaN(number) ? "" : "number", text.isEmpty() ? "–" : text);
      }
    };
  }

  static Content tags(RunMarks.Mark mark) {
    return Content.of(mark.tags().stream().map(t -> Element.of("span", "tag", t)).toList());
  }

  /// What a column is called. Names of settings and metrics are the trainer's own.
  static String heading(Visit visit, String field) {
    return field.startsWith("m:") || field.startsWith("s:")
        ? field.substring(2)
        : visit.words().of("field." + (known(field) ? field : "other"));
  }

  static boolean known(String field) {
    return List.of("run", "state", "recipe", "step", "stage", "started", "took", "tags", "error")
        .contains(field);
  }

  /// Whether a column is one of numbers: metrics, and how long a run took.
  static boolean isNumber(String field) {
    return field.equals("took") || field.startsWith("m:");
  }

  /// Facts one below the other: what, and the value.
  static Element facts(Map<String, ? extends Content> facts) {
    Element list = Element.of("dl").is("facts");
    facts.forEach(
        (name, value) ->
            list.add(
                Element.of("div", Element.of("dt", Content.text(name)), Element.of("dd", value))));
    return list;
  }

  /// Joules that something took and what they mean in CO₂, each as a range where they are an
  /// estimate; what is not known says so.
  static Content energy(Visit visit, Optional<EnergyUse> used, ArtifactShelf shelf) {
    try {
      return energy(visit, used, shelf.electricity());
    } catch (ImagoException e) { // what is declared cannot be taken: the rest of the page stands
      return Content.of(
          List.of(
              energy(visit, used, EnergySettings.NONE),
              Element.of("span", "problem", String.valueOf(e.getMessage()))));
    }
  }

  private static Content energy(Visit visit, Optional<EnergyUse> used, EnergySettings electricity) {
    if (used.isEmpty()) {
      return Element.of("span", "hint", visit.words().of("energy.unknown"));
    }
    EnergyUse energy = used.get();
    String joules =
        visit
            .words()
            .of(
                "energy.kilojoules",
                range(visit, energy.low() / 1e3, energy.high() / 1e3, energy.counted()));
    var parts =
        new ArrayList<Content>(
            List.of(
                Content.text(joules),
                Content.text(" "),
                Element.of(
                    "span",
                    "hint",
                    visit
                        .words()
                        .of(
                            energy.counted() ? "energy.counted" : "energy.declared",
                            energy.source()))));
    electricity
        .carbon()
        .ifPresent(
            carbon ->
                parts.add(
                    Element.of(
                        "span",
                        "hint",
                        visit
                            .words()
                            .of(
                                "energy.carbon",
                                range(
                                    visit,
                                    energy.gramsLow(carbon),
                                    energy.gramsHigh(carbon),
                                    energy.counted()),
                                carbon.gramsPerKwh(),
                                Integer.toString(carbon.year()),
                                carbon.source()))));
    return Content.of(parts);
  }

  /// Two bounds of what was estimated, marked as such; one number of what was counted.
  static String range(Visit visit, double low, double high, boolean counted) {
    return counted
        ? visit.words().number(high)
        : visit
            .words()
            .of("energy.estimated", visit.words().number(low), visit.words().number(high));
  }

  /// A table that scrolls within the page, with what it holds for who does not see it.
  static Element scrolling(String label, Element table) {
    return Element.of("div", table)
        .is("scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", label);
  }

  /// The first letters of a text that may be long.
  static String brief(String text, int most) {
    return text.length() <= most
        ? text
        : text.substring(
                0,
                text.offsetByCodePoints(0, Math.min(most, text.codePointCount(0, text.length()))))
            + "…";
  }
}
