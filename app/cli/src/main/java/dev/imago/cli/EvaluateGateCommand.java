package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.InputException;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.evaluate.SuiteGate;
import dev.imago.evaluate.SuiteReportJson;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Whether a model is no worse than the one in use.
@Command(
    name = "gate",
    mixinStandardHelpOptions = true,
    description = {
      "Tell whether a model is no worse than an accepted one on the same items of the same tasks.",
      "Exit status 0 where it is not, 3 where it is."
    },
    footer = {
      "",
      "Examples:  imago evaluate gate .imago/evaluations/new .imago/evaluations/accepted",
      "           imago evaluate gate new accepted --margin 0.01   # and shown to lose no more"
    })
final class EvaluateGateCommand implements Callable<Integer> {
  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(index = "0", paramLabel = "NEW", description = "The evaluation of the new model.")
  private Path model = Path.of("");

  @Parameters(index = "1", paramLabel = "ACCEPTED", description = "That of the model in use.")
  private Path accepted = Path.of("");

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      split = ",",
      description = "Metrics that count (default: the first of each task).")
  private List<String> metrics = List.of();

  @Option(
      names = "--margin",
      paramLabel = "X",
      description = {
        "What may be lost of an item's score: the whole interval of the difference must lie above.",
        "Without it, a model passes that is not shown to be worse."
      })
  private @Nullable Double margin;

  @Option(
      names = "--confidence",
      paramLabel = "C",
      description = "Of the test and of the interval (default: 0.95).")
  private double confidence = 0.95;

  @Option(names = "--json", description = "Print an array of objects, a metric each.")
  private boolean json;

  @Override
  public Integer call() {
    Bounds.number("--confidence", confidence, 0.5, 0.9999, "0.95 is usual");
    if (margin != null) {
      Bounds.number("--margin", margin, 0, 1e6, "0.01 is one point of a hundred");
    }
    StoredEvaluation now = StoredEvaluation.read(model);
    StoredEvaluation before = StoredEvaluation.read(accepted);
    List<SuiteGate.Outcome> outcomes =
        SuiteGate.outcomes(now, before, metrics, Optional.ofNullable(margin), confidence);
    System.out.print(
        json
            ? JsonMapper.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(SuiteReportJson.json(outcomes))
                + "\n"
            : table(outcomes));
    if (!json) {
      Console.of(parent.imago)
          .note(
              "«could show»: the smallest difference that so many items tell apart four times of"
                  + " five; what is smaller passes unseen without --margin");
    }
    var left = new TreeSet<>(now.tasks().keySet());
    left.addAll(before.tasks().keySet());
    outcomes.forEach(o -> left.remove(o.task()));
    if (!left.isEmpty()) {
      Console.of(parent.imago)
          .note(
              "not compared, in one of the two alone or without such a number of each item: "
                  + String.join(", ", left));
    }
    List<SuiteGate.Outcome> failed = outcomes.stream().filter(o -> !o.passes()).toList();
    if (!failed.isEmpty()) {
      throw new InputException(
          "%s does not pass: %s"
              .formatted(
                  model,
                  String.join(
                      ", ",
                      failed.stream()
                          .map(o -> o.task() + " " + o.metric() + " is " + reason(o))
                          .toList())));
    }
    return 0;
  }

  private String reason(SuiteGate.Outcome outcome) {
    return margin == null
        ? "worse (p = %s)".formatted(number(outcome.p()))
        : "not shown to lose at most %s".formatted(margin);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "none" : String.format(Locale.ROOT, "%.4f", value);
  }

  private String table(List<SuiteGate.Outcome> outcomes) {
    var rows = new ArrayList<List<String>>();
    for (SuiteGate.Outcome o : outcomes) {
      rows.add(
          List.of(
              o.task(),
              o.metric(),
              number(o.value()),
              number(o.accepted()),
              number(o.difference().value()),
              number(o.difference().low()) + " … " + number(o.difference().high()),
              number(o.smallest()),
              number(o.p()),
              o.verdict(),
              o.passes() ? "yes" : "no"));
    }
    return Table.render(
        List.of(
            "task",
            "metric",
            "new",
            "accepted",
            "difference",
            "%s%% interval"
                .formatted(
                    BigDecimal.valueOf(100 * confidence)
                        .setScale(2, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()),
            "could show",
            "p",
            "verdict",
            "passes"),
        rows);
  }
}
