package dev.imago.cli;

import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationReader;
import dev.imago.labelling.LabelIntake;
import dev.imago.state.State;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Brings items into a project.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Bring items into a project, with the answers that their file holds: a person's are his, a"
          + " model's are suggestions.",
      "An item whose id is there stays as it is."
    },
    footer = {"", "Example:  imago annotate import reviews export.json --format label-studio"})
final class AnnotateImportCommand implements Callable<Integer> {
  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Parameters(index = "1", paramLabel = "FILE", description = "The items; .gz too.")
  private Path file = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description =
          "jsonl, csv, bio, bioes, label-studio, doccano or prodigy (default: what the file looks"
              + " like).")
  private @Nullable String format;

  @Option(
      names = "--gold",
      description = "The file's answers are right: its items are mixed in to measure people.")
  private boolean gold;

  @Override
  public Integer call() {
    AnnotationFormat form =
        format == null ? AnnotationReader.guess(file) : AnnotationFormat.of(format);
    Console console = Console.of(parent.imago);
    try (State state = where.open(parent)) {
      LabelIntake.Taken taken =
          LabelIntake.take(where.project(state), file, form, gold, console::note);
      taken.lost().forEach((what, n) -> console.note("%s (%,d)".formatted(what, n)));
      System.out.printf(
          "%s: %,d items, %,d answers from %s as %s; %,d were there, %,d left out%n",
          where.project,
          taken.taken(),
          taken.answers(),
          file,
          form.label(),
          taken.known(),
          taken.broken());
      return 0;
    }
  }
}
