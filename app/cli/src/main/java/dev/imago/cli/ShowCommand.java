package dev.imago.cli;

import dev.imago.console.ListedRun;
import dev.imago.core.Artifact;
import dev.imago.core.EnergyUse;
import dev.imago.core.RunRecord;
import dev.imago.core.Workspace;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Shows one artifact.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Show an artifact: its files, how it was made, samples of it, the tables of its run.",
    footer = {"", "Example:  imago show corpus/d754"})
final class ShowCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "REF", description = "kind/hash, or the first digits of the hash.")
  private String reference = "";

  @Override
  public Integer call() {
    Workspace workspace = new Workspace(imago.workspace());
    Artifact artifact = workspace.find(reference);
    System.out.println(artifact.ref());
    System.out.println("  " + artifact.folder());
    workspace
        .files(artifact.ref())
        .forEach(
            (f, bytes) -> System.out.printf("    %-40s %10s%n", f, Quantity.of(bytes, "bytes")));
    workspace
        .provenance(artifact.ref())
        .ifPresent(
            p -> {
              System.out.printf("  made by   %s, version %d%n", p.stage(), p.stageVersion());
              System.out.printf(
                  "  from      %s%n",
                  p.inputs().isEmpty()
                      ? "sources"
                      : String.join(", ", p.inputs().stream().map(r -> r.brief()).toList()));
              System.out.printf("  seed      %d%n", p.seed());
              System.out.printf("  started   %s, finished %s%n", p.started(), p.finished());
              System.out.printf("  code      %s%n", p.codeVersion());
              System.out.printf("  machine   %s%n", p.machine());
              System.out.println("  config    " + p.configJson().replace("\n", "\n  "));
            });
    new Samples(System.out, Table.columns()).show(artifact);
    for (ListedRun run : ListedRun.all(workspace, (_, _) -> {}).reversed()) {
      if (run.outputs().containsValue(artifact.ref().toString())) {
        System.out.println("  run       " + run.id());
        EnergyUse energy = workspace.runRecord(run.id()).energy();
        if (energy != null) {
          System.out.println("  energy    " + energy.text());
        }
        for (RunRecord.Table table : workspace.tables(run.id())) {
          System.out.println("\n  " + table.title());
          System.out.print(Table.render(table.header(), table.rows()));
        }
        List<String> notes = workspace.notes(run.id());
        notes.forEach(n -> System.out.println("  " + n));
        break;
      }
    }
    return 0;
  }
}
