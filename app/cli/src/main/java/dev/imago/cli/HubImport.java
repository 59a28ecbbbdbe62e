package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Workspace;
import dev.imago.data.TaskModels;
import dev.imago.model.Architectures;
import dev.imago.tensor.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Fetches from a hub what an import needs of a repository: a model's settings, tensors, tokenizer
/// and template, or one file that is named.
final class HubImport {
  private static final String CONFIG = "config.json";
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String TOKENIZER = "tokenizer.json";

  /// What stands beside a model's tensors.
  private static final List<String> BESIDE =
      List.of(
          CONFIG,
          "generation_config.json",
          TOKENIZER,
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja");

  /// Tokenizers of other forms, where there is no `tokenizer.json`.
  private static final List<String> OTHER_TOKENIZERS =
      List.of("tokenizer.model", "spiece.model", "vocab.json", "merges.txt", "vocab.txt");

  /// Of the disk, what is left free.
  private static final long SPARE_BYTES = 64L << 20;

  private final HubAddress address;
  private final Hub hub;
  private final Console console;
  private final Hub.Snapshot snapshot;
  private final HubFiles files;

  HubImport(HubAddress address, Hub hub, Workspace workspace, Console console) {
    this.address = address;
    this.hub = hub;
    this.console = console;
    this.snapshot = hub.snapshot(address);
    String name = (address.dataset() ? "datasets-" : "") + address.name().replace('/', '-');
    String commit = snapshot.commit();
    this.files =
        new HubFiles(
            hub,
            address,
            commit,
            workspace
                .root()
                .resolve("scratch")
                .resolve(
                    "hub-%s-%s"
                        .formatted(name, commit.substring(0, Math.min(12, commit.length())))));
  }

  String commit() {
    return snapshot.commit();
  }

  /// Removes what was fetched.
  void discard() {
    files.discard();
  }

  /// Fetches a repository's model, or its one file.
  ///
  /// @param named the file; a whole model without
  /// @return the folder, or the file in it
  Path fetch(Optional<String> named) throws IOException, InterruptedException {
    Optional<String> file = named.or(this::onlyFile);
    if (file.isPresent()) {
      String name = file.get();
      if (!snapshot.files().contains(name) || name.contains("..")) {
        throw new InputException(
            "%s has no file «%s»; it has %s".formatted(address, name, some(snapshot.files())));
      }
      List<String> names = Gguf.names(name);
      List<String> missing =
          names.stream().filter(each -> !snapshot.files().contains(each)).toList();
      if (!missing.isEmpty()) {
        throw new InputException(
            "%s is the first of %d files, and %s has no %s"
                .formatted(name, names.size(), address, some(missing)));
      }
      List<Hub.Entry> entries = entries(names);
      tell(entries);
      var paths = new ArrayList<Path>();
      for (Hub.Entry entry : entries) {
        paths.add(fetch(entry));
      }
      return paths.getFirst();
    }
    SequencedSet<String> wanted = new TreeSet<>(snapshot.files());
    wanted.removeIf(f -> !BESIDE.contains(f));
    if (!wanted.contains(TOKENIZER)) {
      OTHER_TOKENIZERS.stream().filter(snapshot.files()::contains).forEach(wanted::add);
    }
    List<String> names = new ArrayList<>(wanted);
    names.addAll(tensors());
    if (snapshot.files().contains(TaskModels.FILE)) {
      console.note(
          "%s has a %s: the first task's model alone comes in; fetch the repository whole and import its folder for the others"
              .formatted(address, TaskModels.FILE));
    }
    List<Hub.Entry> entries = entries(names);
    tell(entries);
    for (Hub.Entry entry : entries) {
      Path path = fetch(entry);
      if (entry.name().equals(CONFIG)) {
        check(path);
      }
    }
    return files.folder();
  }

  /// Of a data set, or of GGUF files, the one that can be meant.
  private Optional<String> onlyFile() {
    boolean model = snapshot.files().contains(WHOLE) || snapshot.files().contains(INDEX);
    if (model && !address.dataset()) {
      return Optional.empty();
    }
    String ending = address.dataset() ? ".jsonl" : ".gguf";
    List<String> found =
        snapshot.files().stream().filter(f -> f.toLowerCase(Locale.ROOT).endsWith(ending)).toList();
    Optional<String> first = found.stream().filter(f -> Gguf.names(f).size() > 1).findFirst();
    if (first.isPresent() && Set.copyOf(Gguf.names(first.get())).equals(Set.copyOf(found))) {
      return first; // a model in several files, and nothing else
    }
    if (found.size() > 1 || found.isEmpty() && address.dataset()) {
      throw new ConfigException(
          "%s has %s; name one with --file"
              .formatted(
                  address,
                  found.isEmpty()
                      ? "no %s file, but %s".formatted(ending, some(snapshot.files()))
                      : some(found)));
    }
    return found.stream().findFirst();
  }

  private static String some(Collection<String> names) {
    return names.stream().limit(12).collect(Collectors.joining(", "))
        + (names.size() > 12 ? ", and %d more".formatted(names.size() - 12) : "");
  }

  /// The names of the files with the tensors; none for a tokenizer alone.
  private List<String> tensors() throws InterruptedException, IOException {
    if (snapshot.files().contains(WHOLE)) {
      return List.of(WHOLE);
    }
    if (snapshot.files().contains(INDEX)) {
      Path index = fetch(hub.entry(address, snapshot.commit(), INDEX));
      var names = new ArrayList<>(List.of(INDEX));
      names.addAll(shards(index));
      return names;
    }
    if (!snapshot.files().contains(TOKENIZER)) {
      throw new InputException(
          "%s has neither model.safetensors (or its shards and their index), nor a GGUF file, nor tokenizer.json; it has %s"
              .formatted(address, some(snapshot.files())));
    }
    return List.of();
  }

  private TreeSet<String> shards(Path index) throws IOException {
    var shards = new TreeSet<String>();
    try {
      JsonNode map = JsonMapper.shared().readTree(Files.readString(index)).path("weight_map");
      map.forEach(shard -> shards.add(shard.asString("")));
    } catch (JacksonException e) {
      throw new InputException("%s of %s is no JSON".formatted(INDEX, address), e);
    }
    for (String shard : shards) {
      if (!shard.matches("[A-Za-z0-9._-]+\\.safetensors") || !snapshot.files().contains(shard)) {
        throw new InputException(
            "%s of %s names «%s», which is no file there".formatted(INDEX, address, shard));
      }
    }
    return shards;
  }

  private List<Hub.Entry> entries(List<String> names) {
    return names.stream().map(n -> hub.entry(address, snapshot.commit(), n)).toList();
  }

  /// Says what comes, and refuses what the disk has no room for.
  private void tell(List<Hub.Entry> entries) throws IOException {
    long all = entries.stream().mapToLong(e -> Math.max(0, e.bytes())).sum();
    long there =
        entries.stream().filter(e -> !e.name().equals(INDEX)).mapToLong(files::there).sum();
    console.note(
        "%s is commit %s: %s, %s%s"
            .formatted(
                address,
                snapshot.commit(),
                entries.size() == 1 ? "1 file" : entries.size() + " files",
                Quantity.of(all, "bytes"),
                there == 0
                    ? ""
                    : ", of which %s came before".formatted(Quantity.of(there, "bytes"))));
    List<String> bare =
        entries.stream().filter(e -> !HubFiles.hashed(e)).map(Hub.Entry::name).toList();
    if (!bare.isEmpty()) {
      console.note(
          "the hub gives no hash of %s: their sizes alone are checked".formatted(some(bare)));
    }
    Files.createDirectories(files.folder());
    long free = Files.getFileStore(files.folder()).getUsableSpace();
    if (all - there > free - SPARE_BYTES) {
      throw new EnvironmentException(
          "%s takes %s more, and the disk that holds %s has %s free: free some space, or name another workspace with --workspace"
              .formatted(
                  address,
                  Quantity.of(all - there, "bytes"),
                  files.folder(),
                  Quantity.of(free, "bytes")));
    }
  }

  private Path fetch(Hub.Entry entry) throws InterruptedException {
    try (Progress progress =
        console.progress("import", entry.fileName(), Math.max(0, entry.bytes()), "bytes")) {
      return files.fetch(entry, progress);
    }
  }

  /// Refuses a model that is not computed before its tensors come.
  private void check(Path config) throws IOException {
    try {
      Architectures.read(Files.readString(config));
    } catch (IllegalArgumentException e) {
      throw new InputException("%s cannot be imported: %s".formatted(address, e.getMessage()), e);
    }
  }
}
