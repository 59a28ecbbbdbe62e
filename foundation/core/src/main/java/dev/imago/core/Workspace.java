package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder that keeps what the chain makes.
///
/// - `artifacts/<kind>/<hash>/`: payload, `manifest.json`, and `provenance.json` beside it
/// - `runs/<time>-<step>/`: `run.json`, `recipe.json`, `metrics.jsonl`, `tables.json`, attachments
/// - `keys/<key>.json`: which artifacts a key gave, so that the same work is not done again
/// - `scratch/<key>/`: what an unfinished run needs to go on; `scratch/<key>/drafts/`: its drafts
public final class Workspace {
  private final Path root;

  public Workspace(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  public Path root() {
    return root;
  }

  Path scratch(String key) {
    return root.resolve("scratch").resolve(key.substring(0, 32));
  }

  public Path runs() {
    return root.resolve("runs");
  }

  private Path folder(Ref ref) {
    return root.resolve("artifacts").resolve(ref.kind()).resolve(ref.hash());
  }

  /// Takes the workspace for one process; held until closed.
  ///
  /// @throws EnvironmentException when another process has it, or it cannot be written
  ProcessLock lock() {
    return ProcessLock.take(
        root.resolve("lock"),
        "another imago is at work in %s; wait for it, or name another workspace with --workspace"
            .formatted(root));
  }

  /// Whether a process is running something here now.
  public boolean busy() {
    return ProcessLock.isTaken(root.resolve("lock"));
  }

  /// Writes down what became of every run that a kill broke off. Only for whoever holds the lock:
  /// then none of them is alive. One that had left its artifacts, and only lacked the word, is
  /// done.
  void settle() {
    for (RunSummary run : runSummaries()) {
      if (run.status() != RunRecord.Status.RUNNING) {
        continue;
      }
      RunRecord record = runRecord(run.id());
      Path known = keyFile(record.key());
      EnergyUse took = RunEnergy.lastWord(scratch(record.key()), record.id()).orElse(null);
      RunRecord ended = record.ended(RunRecord.Status.KILLED, Map.of(), 0, "", took);
      try {
        Instant started = Instant.parse(record.started());
        Instant left =
            Files.exists(known) ? Files.getLastModifiedTime(known).toInstant() : Instant.MIN;
        if (!left.isBefore(started)) { // else an earlier run's, found damaged since
          double seconds = Duration.between(started, left).toMillis() / 1e3;
          ended = record.ended(RunRecord.Status.DONE, remembered(known), seconds, "", took);
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", known, e);
      }
      Json.write(runs().resolve(record.id()).resolve("run.json"), ended);
    }
  }

  /// The artifact of a reference, as one of a kind and its form.
  ///
  /// @throws ConfigException when it is of another
  public <A extends Artifact> A find(String reference, Class<A> kind) {
    Artifact found = find(reference);
    if (!Artifact.is(kind, found.ref(), found.folder())) {
      throw new ConfigException("%s is not %s".formatted(found.ref().brief(), Artifact.form(kind)));
    }
    return Artifact.of(kind, found.ref(), found.folder());
  }

  /// The artifact of a reference, which may be shortened to its first digits.
  ///
  /// @throws ConfigException when there is none, or more than one
  public Artifact find(String reference) {
    int slash = reference.indexOf('/');
    String kind = slash < 0 ? "" : reference.substring(0, slash);
    String digits = reference.substring(slash + 1);
    List<Ref> matches =
        artifacts().stream()
            .filter(r -> r.hash().startsWith(digits) && (kind.isEmpty() || r.kind().equals(kind)))
            .toList();
    if (digits.length() < 4 || matches.isEmpty()) {
      throw new ConfigException(
          "no artifact «%s» in %s; `imago list` lists them".formatted(reference, root));
    }
    if (matches.size() > 1) {
      throw new ConfigException(
          "«%s» fits %d artifacts: %s; give more digits"
              .formatted(
                  reference,
                  matches.size(),
                  String.join(", ", matches.stream().map(Ref::brief).toList())));
    }
    return artifact(matches.getFirst());
  }

  /// All artifacts, by kind and hash.
  public List<Ref> artifacts() {
    Path folder = root.resolve("artifacts");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .filter(f -> Files.isRegularFile(f.resolve(Manifest.NAME)))
          .map(f -> new Ref(folder.relativize(f).getName(0).toString(), f.getFileName().toString()))
          .sorted(Comparator.comparing(Ref::toString))
          .toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// The files of an artifact, by path, with their sizes in bytes.
  public Map<String, Long> files(Ref ref) {
    var sizes = new java.util.TreeMap<String, Long>();
    manifest(ref).files().forEach(f -> sizes.put(f.path(), f.bytes()));
    return sizes;
  }

  private Manifest manifest(Ref ref) {
    return Json.read(folder(ref).resolve(Manifest.NAME), Manifest.class);
  }

  /// When an artifact was written, by its manifest's time.
  Instant written(Ref ref) {
    Path manifest = folder(ref).resolve(Manifest.NAME);
    try {
      return Files.getLastModifiedTime(manifest).toInstant();
    } catch (IOException e) {
      throw AtomicFile.failure("read", manifest, e);
    }
  }

  /// Where what was measured of an artifact on this machine is kept, as JSON: not among its files,
  /// which are its name. It goes with the artifact.
  public Path measured(Ref ref) {
    return root.resolve("measured").resolve(ref.kind()).resolve(ref.hash() + ".json");
  }

  /// Removes an artifact: first the manifest, without which it is none, then the rest, what was
  /// measured of it, and the console's copies of its documents. Only for whoever holds the lock.
  void remove(Ref ref) {
    Path folder = folder(ref);
    try {
      Files.deleteIfExists(folder.resolve(Manifest.NAME));
      deleteTree(folder);
      Files.deleteIfExists(measured(ref));
      for (Path copy : Inventory.entries(root.resolve("console/documents"))) {
        if (String.valueOf(copy.getFileName()).startsWith(ref.kind() + "-" + ref.hash() + "-")) {
          Files.deleteIfExists(copy);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("remove", folder, e);
    }
  }

  /// Forgets every key that gave one of these artifacts: the work is to be done again when it is
  /// wanted.
  void forget(java.util.Collection<String> gone) {
    for (Path key : Inventory.entries(root.resolve("keys"))) {
      if (key.toString().endsWith(".json")
          && !java.util.Collections.disjoint(remembered(key).values(), gone)) {
        try {
          Files.deleteIfExists(key);
        } catch (IOException e) {
          throw AtomicFile.failure("remove", key, e);
        }
      }
    }
  }

  /// How an artifact came to be, where that is recorded.
  public Optional<Provenance> provenance(Ref ref) {
    Path file = folder(ref).resolve("provenance.json");
    return Files.exists(file) ? Optional.of(Json.read(file, Provenance.class)) : Optional.empty();
  }

  /// The points of the last run that left an artifact, as [MetricLines] reads them; none where no
  /// run here did.
  public List<Map<String, Double>> metricsOf(Ref made) {
    return runSummaries().reversed().stream()
        .filter(run -> run.status() == RunRecord.Status.DONE)
        .filter(run -> run.outputs().containsValue(made.toString()))
        .findFirst()
        .map(run -> MetricLines.read(runs().resolve(run.id()).resolve("metrics.jsonl")))
        .orElse(List.of());
  }

  void recordProvenance(Ref ref, Provenance provenance) {
    Path file = folder(ref).resolve("provenance.json");
    if (!Files.exists(file)) {
      Json.write(file, provenance);
    }
  }

  /// The whole artifact of a reference, or what is wrong with it.
  ///
  /// @param rehash whether to read every byte, or to trust sizes and times
  Optional<String> damage(Ref ref, boolean rehash) {
    Path folder = folder(ref);
    if (!Files.isRegularFile(folder.resolve(Manifest.NAME))) {
      return Optional.of(folder + " is gone");
    }
    return manifest(ref).damage(folder, rehash);
  }

  /// What an earlier run of the same key left, whole.
  @Nullable Map<String, Ref> reusable(String key, boolean rehash, Listener listener) {
    Path file = keyFile(key);
    if (!Files.exists(file)) {
      return null;
    }
    var refs = new java.util.LinkedHashMap<String, Ref>();
    for (Map.Entry<String, String> output : remembered(file).entrySet()) {
      Ref ref = Ref.parse(output.getValue());
      Optional<String> damage = damage(ref, rehash);
      if (damage.isPresent()) {
        listener.note(ref.brief() + " is made again: " + damage.get());
        return null;
      }
      refs.put(output.getKey(), ref);
    }
    return refs;
  }

  private static Map<String, String> remembered(Path keyFile) {
    var outputs = new java.util.TreeMap<String, String>();
    Map<?, ?> read = Json.read(keyFile, Map.class);
    read.forEach((name, ref) -> outputs.put(String.valueOf(name), String.valueOf(ref)));
    return outputs;
  }

  void remember(String key, Map<String, Ref> outputs) {
    var refs = new java.util.TreeMap<String, String>();
    outputs.forEach((name, ref) -> refs.put(name, ref.toString()));
    Json.write(keyFile(key), refs);
  }

  private Path keyFile(String key) {
    return root.resolve("keys").resolve(key + ".json");
  }

  Artifact artifact(Ref ref) {
    return new Artifact.Stored(ref, folder(ref));
  }

  /// Turns a draft's folder into an artifact.
  Ref commit(String kind, Path draft) {
    try {
      Manifest manifest = Manifest.of(kind, draft);
      for (Manifest.Entry entry : manifest.files()) {
        AtomicFile.sync(draft.resolve(entry.path()));
      }
      Ref ref = new Ref(kind, manifest.hash());
      Path target = folder(ref);
      if (Files.exists(target)) {
        if (damage(ref, true).isEmpty()) {
          deleteTree(draft);
          return ref;
        }
        deleteTree(target);
      }
      Json.write(draft.resolve(Manifest.NAME), manifest);
      Files.createDirectories(target.getParent());
      AtomicFile.move(draft, target);
      return ref;
    } catch (IOException e) {
      throw AtomicFile.failure("finish", draft, e);
    }
  }

  /// The records of all runs, oldest first: each is read from its own file.
  public List<RunRecord> runRecords() {
    return Inventory.entries(runs()).stream()
        .map(f -> f.resolve("run.json"))
        .filter(Files::isRegularFile)
        .map(f -> Json.read(f, RunRecord.class))
        .toList();
  }

  /// The summaries of all runs, oldest first: quick, however many there are.
  public List<RunSummary> runSummaries() {
    return RunIndex.summaries(runs());
  }

  /// The same, but of runs whose record cannot be read.
  ///
  /// @param broken is told of each of these, in words
  public List<RunSummary> runSummaries(Consumer<String> broken) {
    return RunIndex.summaries(runs(), e -> broken.accept(String.valueOf(e.getMessage())));
  }

  /// The record of one run.
  public RunRecord runRecord(String id) {
    return Json.read(runs().resolve(id).resolve("run.json"), RunRecord.class);
  }

  /// The tables that a run printed.
  public List<RunRecord.Table> tables(String runId) {
    Path file = runs().resolve(runId).resolve("tables.json");
    return Files.exists(file) ? List.of(Json.read(file, RunRecord.Table[].class)) : List.of();
  }

  /// The lines that a run noted.
  public List<String> notes(String runId) {
    Path file = runs().resolve(runId).resolve("notes.txt");
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
