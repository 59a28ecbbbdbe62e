package dev.imago.compress;

import dev.imago.core.Artifact;
import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Ref;
import dev.imago.core.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A run that keeps what it is told.
final class FakeRun implements Run {
  final List<String> notes = new ArrayList<>();
  final List<String> tables = new ArrayList<>();
  private final Path folder;
  private final long seed;

  FakeRun(Path folder, long seed) {
    this.folder = folder;
    this.seed = seed;
  }

  @Override
  public Path scratch() {
    return folder.resolve("scratch");
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public int threads() {
    return 2;
  }

  @Override
  public Draft draft(Class<? extends Artifact> kind, String name) {
    Path draft = folder.resolve(name);
    try {
      Files.createDirectories(draft);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new Draft() {
      @Override
      public Path folder() {
        return draft;
      }

      @Override
      public <A extends Artifact> A commit(Class<A> kind) {
        return kind.cast(Artifact.of(new Ref(Artifact.kind(kind), "0".repeat(64)), draft));
      }
    };
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
    tables.add(title + header + rows);
  }

  @Override
  public void attach(String name, byte[] content) {}
}
