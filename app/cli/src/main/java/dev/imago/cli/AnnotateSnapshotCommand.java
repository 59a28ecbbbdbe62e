package dev.imago.cli;

import dev.imago.core.Imports;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Labels;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelSnapshot;
import dev.imago.labelling.SnapshotRows;
import dev.imago.state.State;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/// Freezes a project's labels as an artifact.
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = {
      "Freeze a project's labels as an artifact: one answer for each item, which a recipe tunes on;"
          + " beside it everybody's answers under pseudonyms, the task with its version and the"
          + " agreement. The same state gives the same artifact."
    },
    footer = {"", "Example:  imago annotate snapshot reviews"})
final class AnnotateSnapshotCommand implements Callable<Integer> {
  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Override
  public Integer call() throws IOException {
    Console console = Console.of(parent.imago);
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      var snapshot = new LabelSnapshot(project);
      var imports =
          new Imports(new Workspace(parent.imago.workspace()), Imago.version(), Clock.systemUTC());
      Ref ref =
          imports.take(
              Labels.class,
              "the project " + project.name(),
              Map.of("version", Long.toString(project.version())),
              folder -> {
                snapshot.write(folder);
                new SnapshotRows(project.task(), snapshot.labels()).write(folder, console::note);
              });
      System.out.println(ref.brief() + "  from the project " + project.name());
      return 0;
    }
  }
}
