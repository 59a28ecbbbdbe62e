package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.labelling.ItemProposer;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabellingFunction;
import dev.imago.labelling.LabellingFunctions;
import dev.imago.labelling.Proposals;
import dev.imago.state.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Has rules and models propose labels.
@Command(
    name = "suggest",
    mixinStandardHelpOptions = true,
    description = {
      "Have rules, labelling functions or a model propose the items' labels, which are shown to"
          + " people as suggestions.",
      "Of several functions the label model makes one proposal with its probability, and says how"
          + " often each is right; coverage, overlap and conflict are told.",
      "A file of functions is YAML: functions, a list of name, label and keywords, regex or list;"
          + " or of name, model, labels and at-least."
    },
    footer = {
      "",
      "Examples:  imago annotate suggest reviews --functions functions.yaml --dry-run",
      "           imago annotate suggest reviews --model weights/3f2a"
    })
final class AnnotateSuggestCommand implements Callable<Integer> {
  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(names = "--functions", paramLabel = "FILE", description = "Labelling functions.")
  private @Nullable Path functions;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A tuned model (weights/3f2a or a folder), a classifier of `imago classify train`, or a"
              + " server that has POST /classify or /tag (http://127.0.0.1:8080).")
  private @Nullable String model;

  @Option(names = "--dry-run", description = "Tell the table, and suggest nothing.")
  private boolean dry;

  @Override
  public Integer call() {
    if ((functions == null) == (model == null)) {
      throw new ConfigException("give one of --functions FILE and --model MODEL");
    }
    List<ItemProposer> opened = new ArrayList<>();
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      List<LabellingFunction> all =
          functions != null
              ? LabellingFunctions.read(functions, project.task(), name -> open(name, opened))
              : List.of(
                  LabellingFunctions.ofModel(
                      String.valueOf(model), project.task(), open(String.valueOf(model), opened)));
      tell(Proposals.run(project, all, dry));
      return 0;
    } finally {
      opened.forEach(ItemProposer::close);
    }
  }

  private ItemProposer open(String name, List<ItemProposer> opened) {
    ItemProposer proposer = ModelProposer.open(name, parent.imago);
    opened.add(proposer);
    return proposer;
  }

  private void tell(Proposals.Report report) {
    List<List<String>> rows = new ArrayList<>();
    for (Proposals.Line line : report.lines()) {
      rows.add(
          List.of(
              line.name(),
              String.join(", ", line.labels()),
              share(line.coverage()),
              share(line.overlap()),
              share(line.conflict()),
              Double.isNaN(line.estimated()) ? "–" : share(line.estimated()),
              line.known() == 0 ? "–" : share((double) line.right() / line.known()),
              "%,d".formatted(line.known())));
    }
    System.out.print(
        Table.render(
            List.of(
                "function",
                "labels",
                "coverage",
                "overlap",
                "conflict",
                "estimated",
                "right",
                "known"),
            rows));
    System.out.printf(
        Locale.ROOT,
        "%,d items read, %s of %s labelled; %s%,d items%n",
        report.items(),
        share(report.covered()),
        report.units() == report.items() ? "them" : "%,d stretches".formatted(report.units()),
        dry ? "would be suggested: " : "suggested: ",
        report.proposed());
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
