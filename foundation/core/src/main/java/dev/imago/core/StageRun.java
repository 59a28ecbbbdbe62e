package dev.imago.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import tools.jackson.databind.json.JsonMapper;

/// One run of one stage: its scratch, its drafts, what it reports.
final class StageRun implements Run, AutoCloseable {
  private static final JsonMapper LINE = JsonMapper.shared();

  private final Workspace workspace;
  private final Listener listener;
  private final String step;
  private final Path scratch;
  private final Path drafts;
  private final Path folder;
  private final long seed;
  private final Compute compute;
  private final int shown;
  private final List<RunRecord.Table> tables = new ArrayList<>();
  private final Runnable page;
  private final IntConsumer gpus;

  /// @param page writes the run's page as it stands: called when a stage attaches a file, as it
  ///   does whenever it has measured
  /// @param gpus is told of each that the stage computes on
  StageRun(
      Workspace workspace,
      Listener listener,
      String step,
      String key,
      Path folder,
      long seed,
      Compute compute,
      int shown,
      Runnable page,
      IntConsumer gpus) {
    this.workspace = workspace;
    this.listener = listener;
    this.step = step;
    this.scratch = workspace.scratch(key);
    this.drafts = scratch.resolve("drafts");
    this.folder = folder;
    this.seed = seed;
    this.compute = compute;
    this.shown = shown;
    this.page = page;
    this.gpus = gpus;
    try {
      Workspace.deleteTree(drafts);
      Files.createDirectories(scratch);
    } catch (IOException e) {
      throw AtomicFile.failure("write", scratch, e);
    }
  }

  @Override
  public Path scratch() {
    return scratch;
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public int threads() {
    return compute.threads();
  }

  @Override
  public Compute compute() {
    return compute;
  }

  @Override
  public void computesOn(int gpu) {
    gpus.accept(gpu);
  }

  @Override
  public int shown() {
    return shown;
  }

  @Override
  public Draft draft(Class<? extends Artifact> kind, String name) {
    Path draft = drafts.resolve(name);
    try {
      Files.createDirectories(draft);
    } catch (IOException e) {
      throw AtomicFile.failure("write", draft, e);
    }
    return new Draft() {
      @Override
      public Path folder() {
        return draft;
      }

      @Override
      public <A extends Artifact> A commit(Class<A> committed) {
        if (committed != kind) {
          throw new IllegalArgumentException("a draft of " + kind + " is no " + committed);
        }
        Artifact made = workspace.artifact(workspace.commit(Artifact.kind(committed), draft));
        return Artifact.of(committed, made.ref(), made.folder());
      }
    };
  }

  @Override
  public Progress progress(String what, long total, String unit) {
    return new Stoppable(listener.progress(step, what, total, unit));
  }

  /// Progress at which an interrupt ends a stage that does not look for one itself.
  private record Stoppable(Progress shown) implements Progress {
    @Override
    public void add(long units) {
      shown.add(units);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted");
      }
    }

    @Override
    public void resume(long units) {
      shown.resume(units);
    }

    @Override
    public void remark(String text) {
      shown.remark(text);
    }

    @Override
    public void close() {
      shown.close();
    }
  }

  @Override
  public synchronized void metric(Map<String, ? extends Number> values) {
    append("metrics.jsonl", LINE.writeValueAsString(new TreeMap<>(values)));
  }

  @Override
  public synchronized void sample(long step, String prompt, String text) {
    var line = new TreeMap<String, Object>(Map.of("step", step, "prompt", prompt, "sample", text));
    append("metrics.jsonl", LINE.writeValueAsString(line));
  }

  @Override
  public List<Map<String, Double>> metricsOf(Artifact made) {
    return workspace.metricsOf(made.ref());
  }

  @Override
  public synchronized void note(String line) {
    append("notes.txt", line);
    listener.note(line);
  }

  private void append(String name, String line) {
    try {
      Files.writeString(
          folder.resolve(name),
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder.resolve(name), e);
    }
  }

  @Override
  public synchronized void table(String title, List<String> header, List<List<String>> rows) {
    tables.add(new RunRecord.Table(title, header, rows));
    Json.write(folder.resolve("tables.json"), tables);
    listener.table(title, header, rows);
  }

  @Override
  public void attach(String name, byte[] content) {
    AtomicFile.write(folder.resolve(name), out -> out.write(content));
    page.run();
  }

  /// Drops what was kept for going on: the work is done and remembered.
  void finish() throws IOException {
    Workspace.deleteTree(scratch);
  }

  @Override
  public void close() {
    // Scratch outlives a failure, so that the next run goes on from it.
  }
}
