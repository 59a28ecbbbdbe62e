package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.evaluate.SuiteReportPage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Evaluations side by side on one page.
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Put evaluations side by side on one HTML page that opens offline: scores with intervals,",
      "ranks that ties share, cost, calibration, confusion, contamination, changes, every item."
    },
    footer = {
      "",
      "Example:  imago evaluate report .imago/evaluations/a .imago/evaluations/b --out report.html"
    })
final class EvaluateReportCommand implements Callable<Integer> {
  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Folders that `imago evaluate suite` has written.")
  private List<Path> folders = List.of();

  @Option(
      names = "--accepted",
      paramLabel = "DIR",
      description = "The evaluation of the model in use: what changed since.")
  private @Nullable Path accepted;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The page to write.")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    List<StoredEvaluation> models = folders.stream().map(StoredEvaluation::read).toList();
    AtomicFile.write(
        out, SuiteReportPage.of(models, Optional.ofNullable(accepted).map(StoredEvaluation::read)));
    Console.of(parent.imago).note("written to " + out);
    return 0;
  }
}
