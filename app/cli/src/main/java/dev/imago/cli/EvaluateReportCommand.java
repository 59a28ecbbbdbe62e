package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.Workspace;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.evaluate.SuiteReportJson;
import dev.imago.evaluate.SuiteReportPage;
import java.nio.file.Files;
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
      "ranks that ties share, cost, calibration, confusion, contamination, changes, learning"
          + " curves,",
      "lineage, every item. With --out NAME.json the same as JSON, for programs."
    },
    footer = {
      "",
      "Examples:  imago evaluate report .imago/evaluations/a .imago/evaluations/b --out"
          + " report.html",
      "           imago evaluate report .imago/evaluations/a --out report.html --out report.json"
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
      description = {
        "The evaluation of the model in use: what changed since (default: the one by which",
        "`imago promote` last put a model into service, where there is one)."
      })
  private @Nullable Path accepted;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The .html or .json to write; repeat it for both.")
  private List<Path> outs = List.of();

  @Override
  public Integer call() {
    for (Path out : outs) {
      if (!out.toString().endsWith(".html") && !out.toString().endsWith(".json")) {
        throw new ConfigException("--out %s: a report is .html or .json".formatted(out));
      }
    }
    List<StoredEvaluation> models = folders.stream().map(StoredEvaluation::read).toList();
    Optional<StoredEvaluation> before = before();
    for (Path out : outs) {
      AtomicFile.write(
          out,
          out.toString().endsWith(".json")
              ? SuiteReportJson.of(models, before)
              : SuiteReportPage.of(models, before));
      Console.of(parent.imago).note("written to " + out);
    }
    return 0;
  }

  private Optional<StoredEvaluation> before() {
    if (accepted != null) {
      return Optional.of(StoredEvaluation.read(accepted));
    }
    Optional<Path> last =
        InService.lastEvaluation(new Workspace(parent.imago.workspace())).map(Path::of);
    if (last.isPresent() && !Files.isDirectory(last.get())) {
      Console.of(parent.imago)
          .note(
              "the model in service came by %s, which is not there any more: what changed since is left out"
                  .formatted(last.get()));
      return Optional.empty();
    }
    return last.map(StoredEvaluation::read);
  }
}
