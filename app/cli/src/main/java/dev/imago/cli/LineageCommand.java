package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Tells where an artifact comes from.
@Command(
    name = "lineage",
    mixinStandardHelpOptions = true,
    description = {
      "Tell where an artifact comes from, back to sources and rules; or how one of the documents"
          + " came",
      "into it: by which artifacts, and which record of which archive it was."
    },
    footer = {
      "",
      "Examples:",
      "  imago lineage weights/3f2a",
      "  imago lineage --document crawl.warc.gz!18342    # of the model in service"
    })
final class LineageCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      arity = "0..1",
      paramLabel = "REF",
      description = "kind/hash, or the first digits of the hash (default: the model in service).")
  private @Nullable String reference;

  @Option(
      names = "--document",
      paramLabel = "ID",
      description = "The way of this document into it, from the record that it was.")
  private @Nullable String document;

  @Override
  public Integer call() {
    Workspace workspace = new Workspace(imago.workspace());
    Ref ref = workspace.find(reference == null ? inService(workspace) : reference).ref();
    if (document == null) {
      print(workspace, ref, "", new HashSet<>());
    } else {
      new DocumentLineage(workspace).print(ref, document, System.out);
    }
    return 0;
  }

  private static String inService(Workspace workspace) {
    return InService.read(workspace)
        .map(InService::model)
        .orElseThrow(
            () ->
                new ConfigException(
                    "no model of %s is in service; name an artifact, as `imago list` has them"
                        .formatted(workspace.root())));
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
