package dev.imago.training;

import dev.imago.core.Artifact;
import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A run with a scratch folder and a memory for metrics; it is broken off at a step if told to.
final class FakeRun implements Run {
  final List<Map<String, Number>> metrics = new ArrayList<>();
  final List<String> attached = new ArrayList<>();
  private final Path scratch;
  long breakAfter = Long.MAX_VALUE;

  /// What a kill is in a test.
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  FakeRun(Path scratch) {
    this.scratch = scratch;
  }

  @Override
  public Path scratch() {
    return scratch;
  }

  @Override
  public long seed() {
    return 1;
  }

  @Override
  public int threads() {
    return 2;
  }

  @Override
  public Draft draft(Class<? extends Artifact> kind, String name) {
    throw new IllegalStateException("the loop leaves no artifact");
  }

  @Override
  public Progress progress(String step, long total, String unit) {
    return new Progress() {
      private long done;

      @Override
      public void add(long units) {
        done += units;
        if (done >= breakAfter) {
          throw new Killed();
        }
      }

      @Override
      public void remark(String text) {}

      @Override
      public void close() {}
    };
  }

  @Override
  public void metric(Map<String, ? extends Number> values) {
    metrics.add(new TreeMap<>(values));
  }

  @Override
  public void note(String line) {}

  @Override
  public void table(String title, List<String> header, List<List<String>> rows) {}

  @Override
  public void attach(String name, byte[] content) {
    attached.add(name);
  }
}
