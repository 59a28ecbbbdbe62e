package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.RunRecord;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `kill -9` at random moments, run again: the chain goes on, loses at most two checkpoint
/// intervals, repeats no finished link, and ends in the same artifacts as an undisturbed run.
abstract class KilledRuns {
  @TempDir Path folder;

  /// Where a kill falls: while a step trains, while its checkpoint is being written, or anywhere.
  private record Aim(String step, boolean inCheckpoint) {
    @Override
    public String toString() {
      return step.isEmpty() ? "anywhere" : step + (inCheckpoint ? ", in a checkpoint" : "");
    }
  }

  private static final Aim PRETRAIN = new Aim("pretrain", false);
  private static final Aim TUNE = new Aim("tune", false);

  @Test
  void twoKillsChangeNothing() throws Exception {
    kills(2, List.of(PRETRAIN, TUNE), new Random(11));
  }

  @Test
  @Tag("conformance")
  void twentyKillsChangeNothing() throws Exception {
    String kills = System.getenv("IMAGO_KILLS");
    Assumptions.assumeTrue(
        kills != null, "skipped: IMAGO_KILLS names no number of kills (20 is the check's)");
    long seed = System.nanoTime();
    System.out.println("kills at the random moments of seed " + seed);
    Map<Aim, Integer> fell =
        kills(
            Integer.parseInt(kills),
            List.of(
                PRETRAIN,
                new Aim("pretrain", true),
                TUNE,
                new Aim("tune", true),
                new Aim("", false)),
            new Random(seed));
    System.out.println("kills: " + fell);
  }

  /// @param aims taken in turn
  /// @return how many kills fell where
  private Map<Aim, Integer> kills(int count, List<Aim> aims, Random random) throws Exception {
    String recipe = Tiny.recipe(folder).toString();
    Path whole = Tiny.chain();

    Path disturbed = folder.resolve("disturbed");
    var fell = new LinkedHashMap<Aim, Integer>();
    int done = 0;
    for (int tries = 0; done < count && tries < 10 * count; tries++) {
      Aim aim = aims.get(tries % aims.size());
      Optional<Aim> hit = killed(recipe, disturbed, aim, random);
      if (hit.isPresent()) {
        done++;
        fell.merge(hit.get(), 1, Integer::sum);
        checkLoss(disturbed);
      } else if (finished(disturbed)) {
        // It came to its end first: begin anew, so that every kill counts.
        compare(whole, disturbed);
        disturbed = folder.resolve("disturbed" + tries);
      }
    }
    assertEquals(count, done, "kills that hit a running process");
    Tiny.Result last = Tiny.here(disturbed, "run", recipe);
    assertEquals(0, last.exit(), last.output());
    compare(whole, disturbed);
    return fell;
  }

  /// Starts the recipe and kills it: some checkpoints into a step, or some time after the start.
  ///
  /// @return where it fell, unless the process had ended by itself
  private static Optional<Aim> killed(String recipe, Path workspace, Aim aim, Random random)
      throws IOException, InterruptedException {
    Process process =
        Tiny.process(workspace, "run", recipe)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    long nanos = TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(6000));
    long begun = System.nanoTime();
    int checkpoints = random.nextInt(4);
    long seen = 0;
    int changes = 0;
    while (process.isAlive()) {
      if (aim.step().isEmpty()) {
        if (System.nanoTime() - begun > nanos) {
          break;
        }
      } else if (running(workspace, aim.step())) {
        if (aim.inCheckpoint() && changes >= checkpoints && halfWritten(workspace, process)) {
          break;
        }
        long now = checkpointTime(workspace);
        changes += now == seen ? 0 : 1;
        seen = now;
        if (changes > checkpoints && !aim.inCheckpoint()) {
          // Some microseconds on: in a step, or in the next checkpoint's writing.
          process.waitFor(random.nextInt(60_000), TimeUnit.MICROSECONDS);
          break;
        }
      }
      process.waitFor(1, TimeUnit.MILLISECONDS);
    }
    boolean hit = process.isAlive();
    process.destroyForcibly().waitFor();
    return hit
        ? Optional.of(new Aim(aim.step(), halfWritten(workspace, process)))
        : Optional.empty();
  }

  private static boolean running(Path workspace, String step) throws IOException {
    List<RunRecord> records = records(workspace);
    return !records.isEmpty()
        && records.getLast().step().equals(step)
        && records.getLast().status() == RunRecord.Status.RUNNING;
  }

  private static List<RunRecord> records(Path workspace) {
    return new Workspace(workspace).runRecords();
  }

  private static boolean finished(Path workspace) {
    return records(workspace).stream()
        .anyMatch(r -> r.step().equals("compress") && r.status() == RunRecord.Status.DONE);
  }

  /// Whether a process is writing a checkpoint, or was when it was killed: its temporary file is
  /// there.
  private static boolean halfWritten(Path workspace, Process process) throws IOException {
    String temporary = ".*safetensors\\." + process.pid() + "\\..*";
    Path scratch = workspace.resolve("scratch");
    if (!Files.isDirectory(scratch)) {
      return false;
    }
    try (var files = Files.walk(scratch, 2)) {
      return files.anyMatch(
          f ->
              f.getFileName().toString().startsWith(".checkpoint-")
                  && f.getFileName().toString().matches(temporary));
    } catch (UncheckedIOException gone) {
      return false; // a file that was there a moment ago
    }
  }

  private static long checkpointTime(Path workspace) throws IOException {
    long last = 0;
    for (Path file : checkpoints(workspace)) {
      try {
        last = Math.max(last, Files.getLastModifiedTime(file).toMillis());
      } catch (IOException none) {
        continue; // just finished with
      }
    }
    return last;
  }

  private static List<Path> checkpoints(Path workspace) throws IOException {
    Path scratch = workspace.resolve("scratch");
    if (!Files.isDirectory(scratch)) {
      return List.of();
    }
    try (var files = Files.walk(scratch, 2)) {
      return files.filter(f -> f.getFileName().toString().startsWith("checkpoint-")).toList();
    } catch (UncheckedIOException gone) {
      return List.of(); // a folder that was there a moment ago
    }
  }

  /// What a killed run had told and its successor did not find is at most two checkpoint intervals:
  /// the one that was written beside the training, and the one since.
  private static void checkLoss(Path workspace) throws IOException {
    if (records(workspace).isEmpty()) {
      return; // killed before the first step
    }
    RunRecord killed = records(workspace).getLast();
    Path metrics = workspace.resolve("runs").resolve(killed.id()).resolve("metrics.jsonl");
    if (!Files.exists(metrics)) {
      return;
    }
    long told = 0;
    for (String line : Files.readAllLines(metrics)) {
      if (line.endsWith("}")) {
        told = JsonMapper.shared().readTree(line).get("step").asLong();
      }
    }
    long kept = 0;
    for (Path checkpoint : checkpoints(workspace)) {
      try (var file = dev.imago.tensor.Safetensors.open(checkpoint)) {
        kept = Math.max(kept, Long.parseLong(file.metadata().get("step")));
      }
    }
    assertTrue(
        told - kept <= 2 * Tiny.CHECKPOINT_EVERY,
        "step " + told + " was told, " + kept + " was kept");
  }

  private static void compare(Path whole, Path disturbed) {
    assertEquals(outputs(whole), outputs(disturbed));
    Map<String, Long> times =
        records(disturbed).stream()
            .filter(r -> r.status() == RunRecord.Status.DONE)
            .collect(Collectors.groupingBy(RunRecord::step, TreeMap::new, Collectors.counting()));
    times.forEach((step, n) -> assertEquals(1, n, step + " was finished more than once"));
  }

  private static Map<String, List<String>> outputs(Path workspace) {
    var outputs = new TreeMap<String, List<String>>();
    for (RunRecord record : records(workspace)) {
      if (record.status() == RunRecord.Status.DONE) {
        outputs.put(record.step(), new ArrayList<>(new TreeMap<>(record.outputs()).values()));
      }
    }
    return outputs;
  }
}
