package dev.imago.console.shelf;

import dev.imago.core.EnergySettings;
import dev.imago.core.ImagoException;
import dev.imago.core.Inventory;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// All artifacts of a workspace as of the last look; looked at again where a folder has changed.
public final class ArtifactShelf {
  private static final int MOST_PROBLEMS = 5;

  private final Workspace workspace;
  private long stamp = -1;
  private Stock stock = new Stock(Map.of(), Optional.empty(), "");

  /// What was there.
  ///
  /// @param items by their references
  /// @param problem what cannot be read, a line each; empty where all is well
  public record Stock(
      Map<String, Inventory.Item> items, Optional<Inventory> inventory, String problem) {

    public Optional<Inventory.Item> find(String kind, String hash) {
      return Optional.ofNullable(items.get(kind + "/" + hash));
    }

    /// What was made from an artifact directly.
    public List<Ref> dependants(Ref ref) {
      return inventory.map(i -> i.dependants(ref)).orElse(List.of());
    }
  }

  public ArtifactShelf(Workspace workspace) {
    this.workspace = workspace;
  }

  public synchronized Stock stock() {
    long now = stamp();
    if (now != stamp) {
      try {
        var broken = new ArrayList<String>();
        Inventory inventory = Inventory.readable(workspace, broken::add);
        var items = new TreeMap<String, Inventory.Item>();
        inventory.items().forEach(i -> items.put(i.ref().toString(), i));
        stock = new Stock(items, Optional.of(inventory), told(broken));
      } catch (ImagoException | java.io.UncheckedIOException | IllegalArgumentException e) {
        stock = new Stock(stock.items(), stock.inventory(), String.valueOf(e.getMessage()));
      }
      stamp = now;
    }
    return stock;
  }

  /// The first of many.
  private static String told(List<String> broken) {
    return String.join("\n", broken.subList(0, Math.min(MOST_PROBLEMS, broken.size())));
  }

  /// The times of the folders that change when an artifact comes or goes, or a run ends.
  private long stamp() {
    Path artifacts = workspace.root().resolve("artifacts");
    long sum = time(workspace.runs()) * 31 + time(workspace.root().resolve("keys"));
    return below(sum, artifacts);
  }

  /// The same with what changes when a model is measured or evaluated.
  public long stampOfModels() {
    Path root = workspace.root();
    return below(below(stamp(), root.resolve("measured")), root.resolve("evaluations"));
  }

  /// A stamp with the times of a folder and of the folders in it.
  private static long below(long stamp, Path folder) {
    long sum = stamp * 31 + time(folder);
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path each : files.sorted().toList()) {
          sum = sum * 31 + time(each);
        }
      } catch (IOException | java.io.UncheckedIOException _) {
        return sum;
      }
    }
    return sum;
  }

  private static long time(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException _) {
      return 0;
    }
  }

  /// The files of an artifact with their sizes; none where they cannot be read.
  public Map<String, Long> files(Ref ref) {
    try {
      return workspace.files(ref);
    } catch (ImagoException _) {
      return Map.of();
    }
  }

  /// What is declared of this machine's power and electricity.
  ///
  /// @throws dev.imago.core.ConfigException for what cannot be taken
  public EnergySettings electricity() {
    return EnergySettings.of(workspace.root());
  }

  public Optional<Provenance> provenance(Ref ref) {
    try {
      return workspace.provenance(ref);
    } catch (ImagoException _) {
      return Optional.empty();
    }
  }

  /// The folder of an artifact that is on the shelf: its reference is no path that a client chose.
  public Path folder(Ref ref) {
    return workspace.root().resolve("artifacts").resolve(ref.kind()).resolve(ref.hash());
  }
}
