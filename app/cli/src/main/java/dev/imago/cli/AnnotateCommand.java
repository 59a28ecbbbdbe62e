package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.labelling.LabelProject;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "  imago annotate suggest reviews --functions functions.yaml",
      "  imago annotate serve reviews --person ann --person bob --reviewer rita",
      "  imago annotate agreement reviews",
      "  imago annotate snapshot reviews"
    },
    subcommands = {
      AnnotateNewCommand.class,
      AnnotateImportCommand.class,
      AnnotateSuggestCommand.class,
      AnnotateServeCommand.class,
      AnnotateStatusCommand.class,
      AnnotateAgreementCommand.class,
      AnnotateSnapshotCommand.class,
      AnnotateExportCommand.class
    })
final class AnnotateCommand extends CommandGroup {
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
      return open(parent.imago);
    }

    State open(Imago imago) {
      return State.open(address(imago), LabelProject.SCHEMA);
    }

    private StateAddress address(Imago imago) {
      return state == null ? StateAddress.in(imago.workspace()) : StateAddress.parse(state);
    }

    /// The people who sign in to the console, of the same state.
    Accounts accounts(AnnotateCommand parent) {
      return Accounts.open(address(parent.imago), parent.imago.workspace().resolve("state"));
    }

    LabelProject project(State opened) {
      return LabelProject.open(opened, Clock.systemUTC(), project);
    }
  }
}
