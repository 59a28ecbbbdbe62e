package dev.imago.cli;

import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Tells where an artifact comes from.
@Command(
    name = "lineage",
    mixinStandardHelpOptions = true,
    description = "Tell where an artifact comes from, back to sources and rules.",
    footer = {"", "Example:  imago lineage weights/3f2a"})
final class LineageCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "REF", description = "kind/hash, or the first digits of the hash.")
  private String reference = "";

  @Override
  public Integer call() {
    Workspace workspace = new Workspace(imago.workspace());
    print(workspace, workspace.find(reference).ref(), "", new HashSet<>());
    return 0;
  }

  private static void print(Workspace workspace, Ref ref, String indent, Set<Ref> seen) {
    Optional<Provenance> made = workspace.provenance(ref);
    String by =
        made.map(
                p ->
                    "  by %s v%d, seed %d, code %s"
                        .formatted(p.stage(), p.stageVersion(), p.seed(), p.codeVersion()))
            .orElse("  (no record)");
    if (!seen.add(ref)) {
      System.out.println(indent + ref.brief() + "  (above)");
      return;
    }
    System.out.println(indent + ref.brief() + by);
    made.ifPresent(
        p -> {
          System.out.println(indent + "│   " + p.configJson().replaceAll("\\s*\\n\\s*", " "));
          for (Ref input : p.inputs()) {
            print(workspace, input, indent + "  ", seen);
          }
        });
  }
}
