package dev.imago.cli;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationWriter;
import dev.imago.annotation.PositionUnit;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.labelling.LabelExport;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelSnapshot;
import dev.imago.state.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Writes a project's answers as a label file.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Write a project's answers as a file of this tool or another.",
    footer = {
      "",
      "Example:  imago annotate export reviews --out reviews.json --format label-studio"
    })
final class AnnotateExportCommand implements Callable<Integer> {
  private static final Path STANDARD = Path.of("-");

  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The file; - is standard output.")
  private Path out = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description =
          "jsonl (default), csv, bio, bioes, label-studio, doccano, prodigy, trl or instruction.")
  private String format = "jsonl";

  @Option(
      names = "--unit",
      paramLabel = "UNIT",
      description =
          "What positions count: code_points, utf16 or bytes (default: what the form's readers"
              + " expect).")
  private @Nullable String unit;

  @Option(
      names = "--joined",
      description = "One answer for each item, without names, instead of everybody's.")
  private boolean joined;

  @Override
  public Integer call() throws IOException {
    AnnotationFormat form = AnnotationFormat.of(format);
    PositionUnit counted = unit == null ? form.unit() : unit(unit);
    Console console = Console.of(parent.imago);
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      long[] items = {0};
      AtomicFile.Content content =
          to -> {
            try (var writer = new AnnotationWriter(to, form, counted)) {
              if (joined) {
                for (AnnotatedItem item : new LabelSnapshot(project).labels()) {
                  writer.write(item);
                  items[0]++;
                }
              } else {
                items[0] = LabelExport.each(project, writer::write);
              }
              writer.lost().forEach((what, n) -> console.note("%s (%,d)".formatted(what, n)));
            }
          };
      if (out.equals(STANDARD)) {
        content.write(System.out);
        System.out.flush();
        return 0;
      }
      AtomicFile.write(out, content);
      System.out.printf("%s: %,d items as %s%n", out, items[0], form.label());
      return 0;
    }
  }

  private static PositionUnit unit(String name) {
    List<String> names = Arrays.stream(PositionUnit.values()).map(PositionUnit::label).toList();
    if (!names.contains(name)) {
      throw new ConfigException(
          "--unit = %s is no unit%s".formatted(name, Nearest.hint(name, names)));
    }
    return PositionUnit.values()[names.indexOf(name)];
  }
}
