package dev.imago.cli;

import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.TaskChange;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.labelling.Choosing;
import dev.imago.labelling.LabelProject;
import dev.imago.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Makes a project, or gives it a new version of its task.
@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description = {
      "Make a project of a task that a YAML file declares.",
      "With --change the project gets the file as a new version: added labels keep all work,"
          + " renamed ones (was: OLD) carry it over, removed ones are asked for."
    },
    footer = {"", "Example:  imago annotate new reviews --task task.yaml --gold-every 20"})
final class AnnotateNewCommand implements Callable<Integer> {
  private static final LabelProject.Settings USUAL = LabelProject.Settings.USUAL;

  /// A week.
  private static final long LONGEST_LEASE_MINUTES = 7 * 24 * 60;

  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(names = "--task", paramLabel = "FILE", required = true, description = "The task.")
  private Path task = Path.of("");

  @Option(
      names = "--lease",
      paramLabel = "MINUTES",
      description = "How long an item is somebody's (default: ${DEFAULT-VALUE}).")
  private long lease = USUAL.lease().toMinutes();

  @Option(
      names = "--most-each",
      paramLabel = "N",
      description = "Answers that one person may give; 0 is no limit (default).")
  private long mostEach = USUAL.mostEach();

  @Option(
      names = "--gold-every",
      paramLabel = "N",
      description =
          "One item in N is a gold one while there are some; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private long goldEvery = USUAL.goldEvery();

  @Option(
      names = "--plain-percent",
      paramLabel = "N",
      description =
          "Of items with a suggestion so many percent are shown without it, to measure its pull"
              + " (default: ${DEFAULT-VALUE}).")
  private long plainPercent = USUAL.plainPercent();

  @Mixin private NextOptions nextOptions = new NextOptions();

  @Option(names = "--change", description = "The project is there and gets a new version.")
  private boolean change;

  @Option(
      names = "--remove-labels",
      description = "Answers under labels that are no more go back into the queue.")
  private boolean removeLabels;

  @Override
  public Integer call() throws IOException {
    Bounds.whole("--lease", lease, 1, LONGEST_LEASE_MINUTES, "minutes; 30 are usual");
    var settings =
        new LabelProject.Settings(Duration.ofMinutes(lease), mostEach, goldEvery, plainPercent);
    if (change && !settings.equals(USUAL)) {
      throw new ConfigException(
          "--lease, --most-each, --gold-every and --plain-percent are of a new project; leave them"
              + " out beside --change");
    }
    if (change && nextOptions.areGiven()) {
      throw new ConfigException(
          "--next, --random-percent and --retrain-every are of a new project, or of `imago annotate"
              + " serve`; leave them out beside --change");
    }
    if (removeLabels && !change) {
      throw new ConfigException(
          "--remove-labels is of a project that is there; give it beside --change");
    }
    AnnotationTask declared = AnnotationTask.read(task);
    String yaml = Files.readString(task);
    try (State state = where.open(parent)) {
      if (change) {
        LabelProject project = where.project(state);
        TaskChange made = project.change(yaml, removeLabels);
        System.out.printf(
            "%s: version %d; labels added %s, renamed %s, removed %s%n",
            where.project, project.version(), made.added(), made.renamed(), made.removed());
        return 0;
      }
      Choosing choosing = nextOptions.over(Choosing.USUAL);
      choosing.check(declared);
      LabelProject.create(state, Clock.systemUTC(), where.project, yaml, settings).choose(choosing);
      System.out.printf(
          "%s: task %s, %s%n",
          where.project, declared.kind().label(), Counted.of(declared.labels().size(), "labels"));
      return 0;
    }
  }
}
