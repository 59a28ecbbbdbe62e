package dev.imago.cli;

import dev.imago.core.Cleaning;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Removes artifacts.
@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description = {
      "Remove artifacts. What something else was made from stays, unless that goes too.",
      "A recipe that wants a removed artifact again makes it again."
    },
    footer = {"", "Example:  imago rm weights/3f2a scores/91bc"})
final class RemoveCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      paramLabel = "REF",
      arity = "1..*",
      description = "kind/hash, or the first digits of the hash.")
  private List<String> references = List.of();

  @Option(names = "--dependants", description = "Remove what was made from them, too.")
  private boolean dependants;

  @Mixin private Removal removal = new Removal();

  @Override
  public Integer call() throws Exception {
    Workspace workspace = new Workspace(imago.workspace());
    List<Ref> refs = references.stream().map(r -> workspace.find(r).ref()).distinct().toList();
    try (var cleaning = new Cleaning(workspace)) {
      return removal.ask(workspace, cleaning, cleaning.of(refs, dependants));
    }
  }
}
