package dev.imago.cli;

import dev.imago.cli.sweep.Metric;
import dev.imago.cli.sweep.Sweep;
import dev.imago.cli.sweep.Trial;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Prints what a sweep has come to: a table of its trials, the best first, and the command that
/// runs the recipe as the best.
record SweepResult(Sweep.Search search, Sweep.Outcome outcome) {
  /// @param folder of the sweep's files
  /// @param words of `imago run`, to which the best trial's settings are added
  /// @throws InputException where no trial has come to its end
  void print(PrintStream out, Path folder, List<String> words) {
    boolean rungs = search.halving().rungs() > 1;
    var header = new ArrayList<>(List.of("trial"));
    if (rungs) {
      header.add(search.halving().setting());
    }
    header.addAll(search.space().names());
    header.addAll(List.of(search.metric().figure(), "took", "left"));
    Comparator<Trial> order =
        Comparator.<Trial>comparingInt(t -> -t.rung())
            .thenComparing(t -> !t.done())
            .thenComparingDouble(t -> search.metric().better(1, 0) ? -t.value() : t.value())
            .thenComparingInt(Trial::number);
    var rows = new ArrayList<List<String>>();
    for (Trial trial : outcome.trials().stream().sorted(order).toList()) {
      var row = new ArrayList<>(List.of(String.valueOf(trial.number())));
      if (rungs) {
        row.add(trial.budget());
      }
      search.space().names().forEach(n -> row.add(trial.settings().getOrDefault(n, "")));
      row.add(trial.done() ? Metric.said(trial.value()) : "failed");
      row.add(trial.done() ? Quantity.of(Duration.ofMillis((long) (trial.seconds() * 1000))) : "–");
      row.add(trial.done() ? Ref.parse(trial.left()).brief() : trial.failed());
      rows.add(row);
    }
    out.println();
    out.print(Table.render(header, rows));
    out.printf("%nAll trials: %s, trials.csv, report.html%n", folder.resolve("trials.jsonl"));
    if (!outcome.whole()) {
      out.println("The time was over before all trials were: the same command goes on.");
    }
    Trial best =
        outcome
            .best()
            .orElseThrow(
                () ->
                    new InputException(
                        outcome.trials().isEmpty()
                            ? "no trial was done in the minutes that were given: give more"
                                + " --minutes"
                            : "all %d trials failed, the first of them so: %s"
                                .formatted(
                                    outcome.trials().size(),
                                    outcome.trials().getFirst().failed())));
    out.printf(
        "%nThe best: trial %d, %s %s%s%n",
        best.number(),
        search.metric().figure(),
        Metric.said(best.value()),
        Double.isNaN(best.heldoutLoss())
            ? ""
            : "; its held-out loss, by which nothing was chosen: "
                + Metric.said(best.heldoutLoss()));
    var said = new ArrayList<>(words);
    best.settings().forEach((name, value) -> said.add(name + "=" + value));
    if (rungs) {
      said.add(search.halving().setting() + "=" + best.budget());
    }
    out.printf(
        "Run it:  ./imago run %s%n",
        said.stream().map(ShellWord::quoted).collect(Collectors.joining(" ")));
  }
}
