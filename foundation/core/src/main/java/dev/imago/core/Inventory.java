package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What a workspace holds at one moment: its artifacts with size, age and maker, what was made from
/// what, and what else takes room.
///
/// What an artifact was made from is told by its provenance and by every run that left it: the same
/// bytes may have come twice, from different inputs.
public final class Inventory {
  private final Workspace workspace;
  private final Map<String, Item> items;
  private final List<RunSummary> runs;
  private final Map<String, Set<String>> dependants = new HashMap<>();

  /// One artifact.
  ///
  /// @param bytes of its payload
  /// @param made when it was finished
  /// @param by the stage that made it; empty where nobody knows
  /// @param recipe whose step made it last; empty where no run is recorded
  /// @param inputs what it was made from, as far as that is still here
  public record Item(
      Ref ref, long bytes, Instant made, String by, String recipe, Set<String> inputs) {
    public Item {
      inputs = Set.copyOf(inputs);
    }
  }

  private Inventory(Workspace workspace, Map<String, Item> items, List<RunSummary> runs) {
    this.workspace = workspace;
    this.items = items;
    this.runs = runs;
    items.forEach(
        (name, item) ->
            item.inputs()
                .forEach(i -> dependants.computeIfAbsent(i, _ -> new TreeSet<>()).add(name)));
  }

  /// Looks through a workspace.
  ///
  /// @throws ImagoException where a record or a manifest cannot be read: what was made of what is
  ///   not known then
  public static Inventory of(Workspace workspace) {
    return of(workspace, workspace.runSummaries(), Optional.empty());
  }

  /// Looks through a workspace to show it: without what cannot be read.
  ///
  /// @param broken is told of each of these, in words
  public static Inventory readable(Workspace workspace, Consumer<String> broken) {
    return of(workspace, workspace.runSummaries(broken), Optional.of(broken));
  }

  private static Inventory of(
      Workspace workspace, List<RunSummary> runs, Optional<Consumer<String>> broken) {
    var makers = new HashMap<String, List<RunSummary>>();
    for (RunSummary run : runs) {
      run.outputs()
          .values()
          .forEach(o -> makers.computeIfAbsent(o, _ -> new ArrayList<>()).add(run));
    }
    List<Ref> refs = workspace.artifacts();
    Set<String> here = new TreeSet<>(refs.stream().map(Ref::toString).toList());
    var items = new LinkedHashMap<String, Item>();
    for (Ref ref : refs) {
      List<RunSummary> made = makers.getOrDefault(ref.toString(), List.of());
      try {
        items.put(ref.toString(), item(workspace, ref, made, here));
      } catch (ImagoException e) {
        broken.orElseThrow(() -> e).accept(String.valueOf(e.getMessage()));
      }
    }
    return new Inventory(workspace, items, runs);
  }

  private static Item item(Workspace workspace, Ref ref, List<RunSummary> made, Set<String> here) {
    Optional<Provenance> provenance = workspace.provenance(ref);
    var inputs = new TreeSet<String>();
    provenance.ifPresent(p -> p.inputs().forEach(i -> inputs.add(i.toString())));
    made.forEach(run -> inputs.addAll(run.inputs().values()));
    inputs.retainAll(here);
    inputs.remove(ref.toString());
    return new Item(
        ref,
        workspace.files(ref).values().stream().mapToLong(Long::longValue).sum(),
        provenance.map(Provenance::finished).orElseGet(() -> workspace.written(ref)),
        provenance.map(Provenance::stage).orElse(made.isEmpty() ? "" : made.getLast().stage()),
        made.isEmpty() ? "" : made.getLast().recipe(),
        inputs);
  }

  /// All artifacts, by kind and hash.
  public List<Item> items() {
    return List.copyOf(items.values());
  }

  /// What was made from an artifact directly.
  public List<Ref> dependants(Ref ref) {
    return dependants.getOrDefault(ref.toString(), Set.of()).stream().map(Ref::parse).toList();
  }

  /// The summaries of all runs, oldest first.
  List<RunSummary> runs() {
    return runs;
  }

  /// An artifact and all that it was made from, as far as it is here.
  public Set<String> lineage(Ref ref) {
    return withInputs(Set.of(ref.toString()));
  }

  /// Some artifacts and all that they were made from, back to the sources.
  Set<String> withInputs(Collection<String> of) {
    return closure(of, name -> items.containsKey(name) ? items.get(name).inputs() : Set.of());
  }

  /// Some artifacts and all that was made from them.
  Set<String> withDependants(Collection<String> of) {
    return closure(of, name -> dependants.getOrDefault(name, Set.of()));
  }

  private static Set<String> closure(
      Collection<String> of, java.util.function.Function<String, Set<String>> next) {
    var seen = new TreeSet<String>();
    var open = new ArrayDeque<>(of);
    while (!open.isEmpty()) {
      String name = open.remove();
      if (seen.add(name)) {
        open.addAll(next.apply(name));
      }
    }
    return seen;
  }

  /// Bytes on disk, by what takes them: `corpus`, `weights` …, `scratch`, `runs and keys`, `other`.
  public Map<String, Long> totals() {
    var totals = new TreeMap<String, Long>();
    for (Path entry : entries(workspace.root())) {
      String name = String.valueOf(entry.getFileName());
      switch (name) {
        case "artifacts" -> {
          for (Path kind : entries(entry)) {
            totals.merge(String.valueOf(kind.getFileName()), bytes(kind), Long::sum);
          }
        }
        case "scratch" -> totals.merge("scratch", bytes(entry), Long::sum);
        case "runs", "keys" -> totals.merge("runs and keys", bytes(entry), Long::sum);
        default -> totals.merge("other", bytes(entry), Long::sum);
      }
    }
    totals.values().removeIf(b -> b == 0);
    return totals;
  }

  static List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// The bytes of all files below; what vanishes while it is counted is not counted.
  static long bytes(Path below) {
    if (Files.isRegularFile(below)) {
      return below.toFile().length();
    }
    return Files.isDirectory(below, java.nio.file.LinkOption.NOFOLLOW_LINKS)
        ? entries(below).stream().mapToLong(Inventory::bytes).sum()
        : 0;
  }
}
