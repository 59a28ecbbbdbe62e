package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Inventory;
import dev.imago.core.Nearest;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Lists artifacts.
@Command(
    name = "list",
    aliases = "ls",
    mixinStandardHelpOptions = true,
    description = {
      "List the artifacts: size, age, what made them, what needs them; and what all take on disk.",
      "The newest stands last."
    },
    footer = {"", "Example:  imago list weights"})
final class ListCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      paramLabel = "KIND",
      arity = "0..1",
      description = "Only this kind: corpus, labels, vocabulary, tokens, weights …")
  private @Nullable String kind;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() throws IOException {
    Workspace workspace = new Workspace(imago.workspace());
    Inventory inventory = Inventory.of(workspace);
    if (inventory.items().isEmpty()) {
      System.out.println("no artifacts yet in " + imago.workspace() + "; begin with `imago run`");
      return 0;
    }
    List<Inventory.Item> items = chosen(inventory);
    var rows = new ArrayList<List<String>>();
    for (Inventory.Item item : items) {
      rows.add(
          List.of(
              item.ref().brief(),
              Quantity.of(item.bytes(), "bytes"),
              Quantity.age(Duration.between(item.made(), clock.instant())),
              item.recipe().isEmpty() ? item.by() : item.recipe() + ": " + item.by(),
              neededBy(inventory.dependants(item.ref()))));
    }
    System.out.print(
        Table.render(List.of("artifact", "size", "age", "made by", "needed by"), rows));
    printTotals(inventory);
    return 0;
  }

  private List<Inventory.Item> chosen(Inventory inventory) {
    Set<String> kinds = new TreeSet<>();
    inventory.items().forEach(i -> kinds.add(i.ref().kind()));
    if (kind != null && !kinds.contains(kind)) {
      throw new ConfigException(
          "no artifacts of the kind «%s» here%s".formatted(kind, Nearest.hint(kind, kinds)));
    }
    return inventory.items().stream()
        .filter(i -> kind == null || i.ref().kind().equals(kind))
        .sorted(Comparator.comparing(Inventory.Item::made))
        .toList();
  }

  private static String neededBy(List<Ref> dependants) {
    return switch (dependants.size()) {
      case 0 -> "–";
      case 1, 2 -> String.join(", ", dependants.stream().map(Ref::brief).toList());
      default -> dependants.getFirst().brief() + " and %d more".formatted(dependants.size() - 1);
    };
  }

  private void printTotals(Inventory inventory) throws IOException {
    var rows = new ArrayList<List<String>>();
    long all = 0;
    for (var total : inventory.totals().entrySet()) {
      rows.add(List.of(total.getKey(), Quantity.of(total.getValue(), "bytes")));
      all += total.getValue();
    }
    rows.add(List.of("all", Quantity.of(all, "bytes")));
    Path folder = imago.workspace().toAbsolutePath();
    rows.add(
        List.of(
            "free on this disk",
            Quantity.of(Files.getFileStore(folder).getUsableSpace(), "bytes")));
    System.out.println();
    System.out.print(Table.render(List.of("on disk", "size"), rows));
  }
}
