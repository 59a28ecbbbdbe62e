package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.RunRecord;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SIGTERM in the midst of training: the process saves what it has, says so in one line, ends with
/// 143, and the same command goes on to the same artifacts.
class StoppedRunTest {
  @TempDir Path folder;

  @Test
  void aRunThatIsToldToStopSavesAndGoesOn() throws Exception {
    boolean windows =
        System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT).contains("win");
    Assumptions.assumeFalse(windows, "skipped: this system has no SIGTERM");
    Set<String> left = Set.of("annotate", "tune", "evaluate", "compress"); // what comes after
    String recipe = Tiny.recipeWithout(folder, left).toString();
    for (int tries = 0; tries < 10; tries++) {
      Path workspace = folder.resolve("workspace" + tries);
      Optional<Tiny.Result> stopped = stopped(recipe, workspace);
      if (stopped.isPresent()) {
        goesOn(recipe, workspace, stopped.get());
        return;
      }
    }
    throw new AssertionError("every run came to its end before it could be stopped");
  }

  private static void goesOn(String recipe, Path workspace, Tiny.Result stopped) throws Exception {
    assertEquals(143, stopped.exit(), stopped.output());
    List<String> told =
        stopped.output().lines().filter(l -> l.contains("pretrain stopped and saved")).toList();
    assertEquals(1, told.size(), stopped.output());
    String after = told.getFirst().replaceFirst(".*goes on ", "");
    assertTrue(after.matches("after step [\\d,]+ of [\\d,]+"), after);
    RunRecord record = new Workspace(workspace).runRecords().getLast();
    assertEquals(RunRecord.Status.KILLED, record.status());

    Tiny.Result forecast = Tiny.here(workspace, "run", recipe, "--dry-run");
    assertTrue(forecast.output().contains("goes on " + after), forecast.output());
    Tiny.Result second = Tiny.here(workspace, "run", recipe);
    assertEquals(0, second.exit(), second.output());
    assertTrue(second.output().contains("goes on " + after), second.output());
  }

  /// Starts the recipe and stops it once pre-training has left a checkpoint.
  private static Optional<Tiny.Result> stopped(String recipe, Path workspace) throws Exception {
    Path output = workspace.resolveSibling(workspace.getFileName() + ".txt");
    Process process =
        Tiny.process(workspace, "run", recipe).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    while (process.isAlive() && !checkpointed(workspace)) {
      process.waitFor(1, TimeUnit.MILLISECONDS);
    }
    process.destroy();
    int exit = process.waitFor();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    return text.contains("pretrain stopped")
        ? Optional.of(new Tiny.Result(exit, text))
        : Optional.empty();
  }

  private static boolean checkpointed(Path workspace) throws IOException {
    Path scratch = workspace.resolve("scratch");
    if (!Files.isDirectory(scratch)) {
      return false;
    }
    try (var files = Files.walk(scratch, 2)) {
      return files.anyMatch(f -> f.getFileName().toString().startsWith("checkpoint-"));
    } catch (UncheckedIOException gone) {
      return false; // a folder that was there a moment ago
    }
  }
}
