package dev.imago.serve.files;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Files in a folder of the workspace: the content beside what is told of it. One that is there is
/// whole, whatever happened while it was written. Thread-safe.
public final class FileStore {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final Path folder;
  private final Clock clock;
  private final RandomGenerator random;

  /// @param folder made when the first file comes
  public FileStore(Path folder, Clock clock, RandomGenerator random) {
    this.folder = folder;
    this.clock = clock;
    this.random = random;
  }

  /// Where a file is written before it is one.
  ///
  /// @throws EnvironmentException when the folder cannot be written
  public Path draft() {
    try {
      Files.createDirectories(folder);
      return Files.createTempFile(folder, "draft-", ".tmp");
    } catch (IOException e) {
      throw cannot("be written", e);
    }
  }

  /// Makes a file of a draft, which is there no more.
  ///
  /// @param seconds that it stays; empty for ever
  public StoredFile add(
      Path draft, String tenant, String name, String purpose, OptionalLong seconds) {
    long now = clock.instant().getEpochSecond();
    var id = new StringBuilder("file-");
    for (int i = 0; i < 24; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    try {
      var file =
          new StoredFile(
              id.toString(),
              tenant,
              name,
              purpose,
              Files.size(draft),
              now,
              seconds.isPresent() ? OptionalLong.of(now + seconds.getAsLong()) : seconds);
      sync(draft);
      Files.move(draft, content(file.id()), StandardCopyOption.ATOMIC_MOVE);
      replace(about(file.id()), json(file));
      return file;
    } catch (IOException e) {
      throw cannot("be written", e);
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /// Writes a small file so that it is the old one or the new one, and never half.
  public static void replace(Path file, JsonNode json) throws IOException {
    Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), "draft-", ".tmp");
    Files.write(draft, JSON.writeValueAsBytes(json));
    sync(draft);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static ObjectNode json(StoredFile file) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", file.id()).put("tenant", file.tenant()).put("name", file.name());
    json.put("purpose", file.purpose()).put("bytes", file.bytes()).put("created", file.created());
    file.expires().ifPresent(at -> json.put("expires", at));
    return json;
  }

  private Path about(String id) {
    return folder.resolve(id + ".json");
  }

  /// Where a file's bytes lie.
  public Path content(String id) {
    return folder.resolve(id + ".data");
  }

  /// One of a tenant's files.
  public Optional<StoredFile> find(String id, String tenant) {
    if (!id.matches("file-[a-z0-9]{24}")) {
      return Optional.empty();
    }
    return read(about(id)).filter(file -> file.tenant().equals(tenant));
  }

  /// How long a draft is.
  ///
  /// @throws EnvironmentException when it cannot be read
  long bytes(Path draft) {
    try {
      return Files.size(draft);
    } catch (IOException e) {
      throw cannot("be read", e);
    }
  }

  /// What the files of some tenants take together.
  long bytesOf(Predicate<String> tenants) {
    return of(tenants).stream().mapToLong(StoredFile::bytes).sum();
  }

  /// All files of a tenant, the newest first.
  public List<StoredFile> list(String tenant) {
    return of(tenant::equals);
  }

  private List<StoredFile> of(Predicate<String> tenants) {
    var files = new ArrayList<StoredFile>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> paths = Files.list(folder)) {
        paths
            .filter(path -> path.getFileName().toString().matches("file-[a-z0-9]{24}\\.json"))
            .forEach(
                path -> read(path).filter(f -> tenants.test(f.tenant())).ifPresent(files::add));
      } catch (IOException e) {
        throw cannot("be read", e);
      }
    }
    files.sort(
        Comparator.comparingLong(StoredFile::created).reversed().thenComparing(StoredFile::id));
    return files;
  }

  /// What is told of a file; one whose time is over goes when somebody looks for it.
  private Optional<StoredFile> read(Path about) {
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(about));
      OptionalLong expires =
          json.has("expires")
              ? OptionalLong.of(json.path("expires").asLong())
              : OptionalLong.empty();
      var file =
          new StoredFile(
              json.path("id").asString(),
              json.path("tenant").asString(),
              json.path("name").asString(),
              json.path("purpose").asString(),
              json.path("bytes").asLong(),
              json.path("created").asLong(),
              expires);
      if (expires.orElse(Long.MAX_VALUE) <= clock.instant().getEpochSecond()) {
        delete(file.id());
        return Optional.empty();
      }
      return Optional.of(file);
    } catch (IOException | JacksonException e) {
      return Optional.empty(); // deleted meanwhile, or not ours
    }
  }

  public void delete(String id) {
    try {
      Files.deleteIfExists(about(id));
      Files.deleteIfExists(content(id));
    } catch (IOException e) {
      throw cannot("be deleted", e);
    }
  }

  private EnvironmentException cannot(String what, IOException e) {
    return new EnvironmentException(
        "files in %s cannot %s (%s): free some room, or let the server write there"
            .formatted(folder, what, e.getMessage()),
        e);
  }
}
