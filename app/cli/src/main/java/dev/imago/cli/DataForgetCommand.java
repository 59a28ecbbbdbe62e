package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.prepare.Forgotten;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Forgets a document.
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Leave a document out of every corpus from now on, rejects included, and list the artifacts",
      "that hold it or were made from those that do. They stay until they are removed."
    },
    footer = {"", "Example:  imago data forget books/letters.txt#3"})
final class DataForgetCommand implements Callable<Integer> {
  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      paramLabel = "ID",
      description = "The document's id; parts that were cut from it (ID#2) go with it.")
  private String id = "";

  @Override
  public Integer call() {
    if (id.isBlank() || id.lines().count() > 1) {
      throw new ConfigException(
          "«%s» is no id of a document: it is blank, or has more than one line; `imago data why` shows ids"
              .formatted(id));
    }
    var workspace = new Workspace(parent.imago.workspace());
    Path file = workspace.root().resolve(Forgotten.NAME);
    var search = new CorpusSearch(workspace);
    List<CorpusSearch.Found> found = search.all(id);
    if (found.isEmpty() && !Forgotten.read(file).has(id)) {
      throw new ConfigException(
          "no corpus of %s has a document «%s»; `imago data why` looks for one"
              .formatted(workspace.root(), id));
    }
    boolean added = Forgotten.add(file, id);
    List<Ref> holding =
        new ArrayList<>(
            new LinkedHashSet<>(found.stream().map(CorpusSearch.Found::corpus).toList()));
    Map<Ref, Ref> made = search.dependants(holding);
    var rows = new ArrayList<List<String>>();
    for (Ref ref : holding) {
      Map<String, Long> splits =
          found.stream()
              .filter(each -> each.corpus().equals(ref))
              .collect(
                  Collectors.groupingBy(
                      CorpusSearch.Found::split, TreeMap::new, Collectors.counting()));
      rows.add(List.of(ref.brief(), "holds it", String.join(", ", splits.keySet())));
    }
    made.forEach(
        (ref, from) -> {
          if (!holding.contains(ref)) {
            rows.add(List.of(ref.brief(), "made from it", "by way of " + from.brief()));
          }
        });
    if (!rows.isEmpty()) {
      System.out.print(Table.render(List.of("artifact", "how", "where"), rows));
    }
    Console console = Console.of(parent.imago);
    console.note(
        (added ? "«%s» is left out from now on (%s)" : "«%s» was left out already (%s)")
            .formatted(id, file));
    if (!holding.isEmpty()) {
      console.note(
          "run the recipe again, then remove what holds it: imago rm %s --dependants; its source file is yours to remove"
              .formatted(holding.stream().map(Ref::brief).collect(Collectors.joining(" "))));
    }
    return 0;
  }
}
