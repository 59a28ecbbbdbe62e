package dev.imago.cli;

import dev.imago.core.Cleaning;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// What commands that remove have in common: they show what would go, and ask.
final class Removal {
  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  /// Shows, asks, and removes where the answer is yes.
  int ask(Workspace workspace, Cleaning cleaning, Cleaning.Removal removal) throws IOException {
    print(workspace, removal);
    if (!yes && !agreed()) {
      System.out.println("nothing was removed");
      return 0;
    }
    cleaning.remove(removal);
    System.out.println("freed " + Quantity.of(removal.bytes(), "bytes"));
    return 0;
  }

  private static boolean agreed() throws IOException {
    java.io.Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new ConfigException("nobody is there to ask: say --yes to remove these");
    }
    System.out.print("Remove these? [y/N] ");
    System.out.flush();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String answer = in.readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }

  static void print(Workspace workspace, Cleaning.Removal removal) {
    var rows = new ArrayList<List<String>>();
    removal
        .artifacts()
        .forEach((ref, bytes) -> rows.add(List.of(ref.brief(), Quantity.of(bytes, "bytes"))));
    removal
        .leftovers()
        .forEach(
            (path, bytes) ->
                rows.add(
                    List.of(
                        Cells.cut(workspace.root().relativize(path).toString(), 40),
                        Quantity.of(bytes, "bytes"))));
    rows.add(List.of("all", Quantity.of(removal.bytes(), "bytes")));
    System.out.print(Table.render(List.of("would go", "size"), rows));
  }
}
