package dev.imago.cli;

import dev.imago.labelling.LabelProject;
import dev.imago.labelling.ProjectAgreement;
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
    description = {
      "Say how far a project is: each person with accuracy on gold items and how many answers"
          + " reviewers upheld; labels that are probably wrong."
    },
    footer = {"", "Example:  imago annotate status reviews"})
final class AnnotateStatusCommand implements Callable<Integer> {
  /// Of active learning, that are told.
  private static final int ROUNDS = 5;

  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Override
  public Integer call() {
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      ProjectStatus status = ProjectStatus.of(project);
      System.out.printf(
          Locale.ROOT,
          "%s: task %s, version %d; %,d items, %,d done, %,d answers, %,d out; %,d gold items%n"
              + "review: %,d items on which people differ, %,d decided%n",
          project.name(),
          project.task().kind().label(),
          project.version(),
          status.items(),
          status.done(),
          status.answers(),
          status.leased(),
          status.gold(),
          status.differing(),
          status.reviewed());
      List<List<String>> rows = new ArrayList<>();
      for (ProjectStatus.Person person : status.people()) {
        rows.add(
            List.of(
                person.name() + (person.removed() ? " (removed)" : ""),
                person.role().word(),
                "%,d".formatted(person.answers()),
                "%,d".formatted(person.skipped()),
                "%,d".formatted(person.sentBack()),
                share(person.goldRight(), person.goldAnswered()),
                "%,d".formatted(person.goldAnswered()),
                share(person.upheld(), person.reviewed()),
                "%,d".formatted(person.reviewed())));
      }
      System.out.print(
          Table.render(
              List.of(
                  "person",
                  "role",
                  "answers",
                  "skipped",
                  "sent back",
                  "right on gold",
                  "gold",
                  "upheld",
                  "reviewed"),
              rows));
      pull(status.pull());
      learned(status.learned());
      if (status.answers() <= ProjectAgreement.MOST_READ) {
        AnnotateAgreementCommand.doubts(ProjectAgreement.of(project).doubts());
      } else {
        System.out.println("`imago annotate agreement` lists labels that are probably wrong");
      }
      return 0;
    }
  }

  private static void pull(ProjectStatus.Pull pull) {
    if (pull.shown() + pull.plain() == 0) {
      return;
    }
    System.out.printf(
        "suggestions: answered as suggested %s of %,d that were shown, %s of %,d that were kept"
            + " back%s%n",
        share(pull.shownSame(), pull.shown()),
        pull.shown(),
        share(pull.plainSame(), pull.plain()),
        pull.plain(),
        pull.difference(0.95)
            .map(
                d ->
                    String.format(
                        Locale.ROOT,
                        "; their pull is %+.3f (95 %%: %+.3f … %+.3f)",
                        d.value(),
                        d.low(),
                        d.high()))
            .orElse(""));
  }

  private static void learned(List<ProjectStatus.Learned> rounds) {
    if (rounds.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (ProjectStatus.Learned each : rounds.subList(0, Math.min(ROUNDS, rounds.size()))) {
      rows.add(
          List.of(
              "%,d".formatted(each.labels()),
              share(each.randomRight(), each.randomTested()),
              "%,d".formatted(each.randomTested()),
              share(each.chosenRight(), each.chosenTested()),
              "%,d".formatted(each.chosenTested())));
    }
    System.out.println();
    System.out.print(
        Table.render(
            List.of("learned from", "right at random", "of", "right on what it chose", "of"),
            rows));
  }

  private static String share(long right, long all) {
    return all == 0 ? "–" : String.format(Locale.ROOT, "%.3f", (double) right / all);
  }
}
