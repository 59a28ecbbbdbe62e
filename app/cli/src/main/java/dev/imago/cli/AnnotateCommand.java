package dev.imago.cli;

import dev.imago.labelling.LabelProject;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// People who label.
@Command(
    name = "annotate",
    mixinStandardHelpOptions = true,
    description = "Have people label: a task in YAML, a queue, a page, agreement, labels.",
    footer = {
      "",
      "Examples:",
      "  imago annotate new reviews --task task.yaml",
      "  imago annotate import reviews items.jsonl",
      "  imago annotate serve reviews --person ann --person bob",
      "  imago annotate agreement reviews",
      "  imago annotate snapshot reviews"
    },
    subcommands = {
      AnnotateNewCommand.class,
      AnnotateImportCommand.class,
      AnnotateServeCommand.class,
      AnnotateStatusCommand.class,
      AnnotateAgreementCommand.class,
      AnnotateSnapshotCommand.class,
      AnnotateExportCommand.class
    })
final class AnnotateCommand implements Callable<Integer> {
  @ParentCommand Imago imago = new Imago();
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
    return 0;
  }

  /// What every part of the command is told: which project, and where its state is.
  static final class Where {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "The project's name.")
    String project = "";

    @Option(
        names = "--state",
        paramLabel = "ADDRESS",
        description =
            "A folder, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE (default: state in the"
                + " workspace).")
    private @Nullable String state;

    State open(AnnotateCommand parent) {
      return State.open(
          state == null ? StateAddress.in(parent.imago.workspace()) : StateAddress.parse(state),
          LabelProject.SCHEMA);
    }

    LabelProject project(State opened) {
      return LabelProject.open(opened, Clock.systemUTC(), project);
    }
  }
}
