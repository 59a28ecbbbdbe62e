package dev.imago.cli;

import dev.imago.labelling.LabelProject;
import dev.imago.labelling.ProjectStatus;
import dev.imago.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/// Says how far a project is.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Say how far a project is, and each person with his accuracy on gold items.",
    footer = {"", "Example:  imago annotate status reviews"})
final class AnnotateStatusCommand implements Callable<Integer> {
  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Override
  public Integer call() {
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      ProjectStatus status = ProjectStatus.of(project);
      System.out.printf(
          Locale.ROOT,
          "%s: task %s, version %d; %,d items, %,d done, %,d answers, %,d out; %,d gold items%n",
          project.name(),
          project.task().kind().label(),
          project.version(),
          status.items(),
          status.done(),
          status.answers(),
          status.leased(),
          status.gold());
      List<List<String>> rows = new ArrayList<>();
      for (ProjectStatus.Person person : status.people()) {
        rows.add(
            List.of(
                person.name() + (person.removed() ? " (removed)" : ""),
                "%,d".formatted(person.answers()),
                "%,d".formatted(person.skipped()),
                person.goldAnswered() == 0
                    ? "–"
                    : "%.3f".formatted((double) person.goldRight() / person.goldAnswered()),
                "%,d".formatted(person.goldAnswered())));
      }
      System.out.print(
          Table.render(List.of("person", "answers", "skipped", "right on gold", "gold"), rows));
      return 0;
    }
  }
}
