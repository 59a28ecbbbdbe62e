package dev.imago.tokenize;

import dev.imago.core.Artifact;
import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Ref;
import dev.imago.core.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A run in a temporary folder: a commit hashes the files and renames the folder.
final class FakeRun implements Run {
  final List<String> notes = new ArrayList<>();
  final Map<String, List<List<String>>> tables = new java.util.TreeMap<>();
  private final Path folder;
  private final int threads;

  FakeRun(Path folder, int threads) {
    this.folder = folder;
    this.threads = threads;
  }

  /// The cells of one table's row, by its first cell.
  List<String> row(String table, String first) {
    return tables.getOrDefault(table, List.of()).stream()
        .filter(r -> r.get(0).equals(first))
        .findFirst()
        .orElse(List.of());
  }

  @Override
  public Path scratch() {
    return made(folder.resolve("scratch"));
  }

  @Override
  public long seed() {
    return 7;
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public Draft draft(Class<? extends Artifact> kind, String name) {
    Path draft = made(folder.resolve("draft-" + name));
    return new Draft() {
      @Override
      public Path folder() {
        return draft;
      }

      @Override
      public <A extends Artifact> A commit(Class<A> type) {
        var ref = new Ref(Artifact.kind(type), hash(draft));
        Path done = folder.resolve(name + "-" + ref.hash());
        try {
          Files.move(draft, done);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return type.cast(Artifact.of(ref, done));
      }
    };
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.sorted().toList()) {
        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Progress progress(String step, long total, String unit) {
    return Progress.NONE;
  }

  @Override
  public void metric(Map<String, ? extends Number> values) {}

  @Override
  public void note(String line) {
    notes.add(line);
  }

  @Override
  public void table(String title, List<String> header, List<List<String>> rows) {
    tables.put(title, rows);
  }

  @Override
  public void attach(String name, byte[] content) {}
}
