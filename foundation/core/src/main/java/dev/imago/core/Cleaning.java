package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Frees room in a workspace that it holds until closed, so that no chain runs meanwhile: what is
/// to go is told first, and removed when somebody says so.
///
/// Nothing goes on which something that stays depends.
public final class Cleaning implements AutoCloseable {
  private final Workspace workspace;
  private final ProcessLock lock;
  private final Inventory inventory;

  /// What would go.
  ///
  /// @param artifacts with the bytes of each
  /// @param leftovers folders and files of no artifact and no unfinished run, with the bytes of
  ///   each
  public record Removal(Map<Ref, Long> artifacts, Map<Path, Long> leftovers) {
    public Removal {
      artifacts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(artifacts));
      leftovers = java.util.Collections.unmodifiableMap(new TreeMap<>(leftovers));
    }

    public boolean isEmpty() {
      return artifacts.isEmpty() && leftovers.isEmpty();
    }

    public long bytes() {
      return artifacts.values().stream().mapToLong(Long::longValue).sum()
          + leftovers.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /// Takes the workspace.
  ///
  /// @throws EnvironmentException while a chain runs in it
  public Cleaning(Workspace workspace) {
    this.workspace = workspace;
    this.lock = workspace.lock();
    try {
      workspace.settle();
      this.inventory = Inventory.of(workspace);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Removes what is named, if nothing else depends on it.
  ///
  /// @param withDependants whether what depends on it goes too
  /// @throws ConfigException where something that stays depends on it
  public Removal of(List<Ref> named, boolean withDependants) {
    Set<String> names = new TreeSet<>(named.stream().map(Ref::toString).toList());
    Set<String> all = inventory.withDependants(names);
    if (!withDependants && all.size() > names.size()) {
      Ref needed =
          named.stream().filter(r -> !names.containsAll(strings(r))).findFirst().orElseThrow();
      Set<String> more = new TreeSet<>(all);
      more.removeAll(names);
      throw new ConfigException(
          "%s is kept: %d artifact%s made from it: %s; remove %s too with --dependants"
              .formatted(
                  needed.brief(),
                  more.size(),
                  more.size() == 1 ? " was" : "s were",
                  String.join(", ", more.stream().limit(8).map(m -> Ref.parse(m).brief()).toList())
                      + (more.size() > 8 ? " …" : ""),
                  more.size() == 1 ? "that" : "these"));
    }
    return new Removal(sizes(all), Map.of());
  }

  private List<String> strings(Ref ref) {
    return inventory.dependants(ref).stream().map(Ref::toString).toList();
  }

  /// Removes what no recipe's newest results are or were made from, and what unfinished runs left
  /// that a later run has overtaken.
  ///
  /// Kept are, for each step of each recipe, what its newest runs left; what no run left (it was
  /// imported); the model in service and the one before it; and all that these were made from.
  ///
  /// @param newest how many runs of each step count, at least 1
  /// @param scratch whether unfinished runs give up what they would go on from, too
  public Removal garbage(int newest, boolean scratch) {
    var counted = new HashMap<String, Integer>();
    var roots = new HashSet<String>();
    var left = new HashSet<String>();
    for (RunSummary run : inventory.runs().reversed()) {
      left.addAll(run.outputs().values());
      if (run.status() == RunRecord.Status.DONE
          && counted.merge(run.recipe() + "\n" + run.step(), 1, Integer::sum) <= newest) {
        roots.addAll(run.outputs().values());
      }
    }
    InService.read(workspace)
        .ifPresent(
            service -> {
              roots.add(service.model());
              service.before().stream().limit(1).forEach(roots::add);
            });
    var all = new TreeSet<String>();
    for (Inventory.Item item : inventory.items()) {
      all.add(item.ref().toString());
      if (!left.contains(item.ref().toString())) {
        roots.add(item.ref().toString());
      }
    }
    all.removeAll(inventory.withInputs(roots));
    return new Removal(sizes(all), leftovers(scratch));
  }

  private Map<Ref, Long> sizes(Set<String> names) {
    var sizes = new LinkedHashMap<Ref, Long>();
    for (Inventory.Item item : inventory.items()) {
      if (names.contains(item.ref().toString())) {
        sizes.put(item.ref(), item.bytes());
      }
    }
    return sizes;
  }

  /// Folders of artifacts without a manifest, which a kill left of a removal; what was measured of
  /// artifacts that are gone, and the console's copies of their documents; and the scratch of runs
  /// that nobody will go on with.
  private Map<Path, Long> leftovers(boolean scratch) {
    var leftovers = new TreeMap<Path, Long>();
    for (Path kind : Inventory.entries(workspace.root().resolve("artifacts"))) {
      for (Path folder : Inventory.entries(kind)) {
        if (!Files.isRegularFile(folder.resolve(Manifest.NAME))) {
          leftovers.put(folder, Inventory.bytes(folder));
        }
      }
    }
    var here = new HashSet<Path>();
    inventory.items().forEach(i -> here.add(workspace.measured(i.ref())));
    for (Path kind : Inventory.entries(workspace.root().resolve("measured"))) {
      for (Path file : Inventory.entries(kind)) {
        if (!here.contains(file)) {
          leftovers.put(file, Inventory.bytes(file));
        }
      }
    }
    var copied = new HashSet<String>();
    inventory.items().forEach(i -> copied.add(i.ref().kind() + "-" + i.ref().hash()));
    for (Path file : Inventory.entries(workspace.root().resolve("console/documents"))) {
      String name = String.valueOf(file.getFileName());
      // What begins with a dot is being written; the console removes what a kill left of it.
      if (!name.startsWith(".") && copied.stream().noneMatch(of -> name.startsWith(of + "-"))) {
        leftovers.put(file, Inventory.bytes(file));
      }
    }
    var newest = new HashMap<String, RunSummary>();
    inventory.runs().forEach(r -> newest.put(r.recipe() + "\n" + r.step(), r));
    var wanted = new HashSet<Path>();
    if (!scratch) {
      newest.values().stream()
          .filter(r -> r.status() != RunRecord.Status.DONE)
          .forEach(r -> wanted.add(workspace.scratch(r.key())));
    }
    for (Path folder : Inventory.entries(workspace.root().resolve("scratch"))) {
      if (!wanted.contains(folder)) {
        leftovers.put(folder, Inventory.bytes(folder));
      }
    }
    return leftovers;
  }

  /// Does it. A kill leaves folders without a manifest, which are no artifacts any more, and which
  /// the next `garbage` finds.
  public void remove(Removal removal) {
    var gone = new ArrayList<String>();
    removal.artifacts().keySet().forEach(r -> gone.add(r.toString()));
    workspace.forget(gone);
    removal.artifacts().keySet().forEach(workspace::remove);
    for (Path folder : removal.leftovers().keySet()) {
      try {
        Workspace.deleteTree(folder);
      } catch (IOException e) {
        throw AtomicFile.failure("remove", folder, e);
      }
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
