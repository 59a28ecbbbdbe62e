package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.Cleaning;
import dev.imago.core.Workspace;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Frees what nobody needs.
@Command(
    name = "gc",
    mixinStandardHelpOptions = true,
    description = {
      "Free what no recipe needs, after asking.",
      "Kept are what the newest run of every step of every recipe left, what no run made (it was"
          + " imported), and all that these were made from. Freed are all other artifacts, and what"
          + " broken-off runs left that a later run has overtaken."
    },
    footer = {"", "Example:  imago gc --dry-run"})
final class CollectGarbageCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep what the newest N runs of each step left (default: 1).")
  private int keep = 1;

  @Option(
      names = "--scratch",
      description = "Free the checkpoints of broken-off runs too: they would begin anew.")
  private boolean scratch;

  @Option(names = "--dry-run", description = "Tell what would go, and stop.")
  private boolean dryRun;

  @Mixin private Removal removal = new Removal();

  @Override
  public Integer call() throws Exception {
    Bounds.whole("--keep", keep, 1, Integer.MAX_VALUE);
    Workspace workspace = new Workspace(imago.workspace());
    if (!Files.isDirectory(workspace.root())) {
      System.out.println("there is no workspace at " + imago.workspace());
      return 0;
    }
    try (var cleaning = new Cleaning(workspace)) {
      Cleaning.Removal garbage = cleaning.garbage(keep, scratch);
      if (garbage.isEmpty()) {
        System.out.println("nothing to free in " + imago.workspace());
        return 0;
      }
      if (dryRun) {
        Removal.print(workspace, garbage);
        return 0;
      }
      return removal.ask(workspace, cleaning, garbage);
    }
  }
}
