package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIndexTest {
  @TempDir Path runs;

  private void run(int number, RunRecord.Status status) {
    String id = "20260101-%06d-000-sum".formatted(number);
    Json.write(
        runs.resolve(id).resolve("run.json"),
        new RunRecord(
            id,
            "recipe",
            "sum",
            "sum",
            1,
            "0".repeat(64),
            status,
            Map.of(),
            Map.of("total", "scores/" + "a".repeat(64)),
            Map.of("times", 1),
            42,
            1,
            "test",
            "m",
            "2026-01-01T00:00:00Z",
            1.5,
            "",
            null));
  }

  /// Makes every record that is in a file of its own unreadable: whoever opens one fails.
  private void forbid() throws Exception {
    try (var folders = Files.list(runs)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Files.writeString(folder.resolve("run.json"), "not to be opened");
      }
    }
  }

  @Test
  void manyEndedRunsAreReadWithoutOpeningOneOfThem() throws Exception {
    for (int i = 0; i < RunIndex.UNINDEXED; i++) {
      run(i, RunRecord.Status.DONE);
    }
    List<RunSummary> first = RunIndex.summaries(runs);
    assertEquals(RunIndex.UNINDEXED, first.size());
    forbid();
    assertEquals(first, RunIndex.summaries(runs));
  }

  @Test
  void aRunAtWorkIsNeverIndexedAndOnesSinceAreReadThemselves() throws Exception {
    run(0, RunRecord.Status.RUNNING);
    for (int i = 1; i <= RunIndex.UNINDEXED; i++) {
      run(i, RunRecord.Status.FAILED);
    }
    RunIndex.summaries(runs);
    forbid();
    run(0, RunRecord.Status.DONE); // it has ended since
    run(RunIndex.UNINDEXED + 1, RunRecord.Status.DONE);
    List<RunSummary> read = RunIndex.summaries(runs);
    assertEquals(RunIndex.UNINDEXED + 2, read.size());
    assertEquals(RunRecord.Status.DONE, read.getFirst().status());
    assertEquals(RunRecord.Status.DONE, read.getLast().status());
  }

  @Test
  void aFewRunsNeedNoIndex() {
    run(0, RunRecord.Status.DONE);
    RunIndex.summaries(runs);
    assertFalse(Files.exists(runs.resolve(RunIndex.NAME)));
  }

  @Test
  void aDamagedIndexIsWrittenAnewAndARemovedRunIsGone() throws Exception {
    for (int i = 0; i <= RunIndex.UNINDEXED; i++) {
      run(i, RunRecord.Status.DONE);
    }
    Files.writeString(runs.resolve(RunIndex.NAME), "{\"half a line");
    assertEquals(RunIndex.UNINDEXED + 1, RunIndex.summaries(runs).size());
    assertEquals(RunIndex.UNINDEXED + 1, Files.readAllLines(runs.resolve(RunIndex.NAME)).size());
    Workspace.deleteTree(runs.resolve("20260101-000000-000-sum"));
    assertEquals(RunIndex.UNINDEXED, RunIndex.summaries(runs).size());
  }

  @Test
  void aDamagedRecordOutsideTheIndexIsNamed() throws Exception {
    run(0, RunRecord.Status.DONE);
    forbid();
    var error = assertThrows(InputException.class, () -> RunIndex.summaries(runs));
    assertTrue(error.getMessage().contains("run.json is damaged"), error.getMessage());
  }

  @Test
  void whoShowsRunsPassesOverADamagedRecordAndTellsIt() throws Exception {
    run(0, RunRecord.Status.DONE);
    forbid();
    run(1, RunRecord.Status.DONE);
    var told = new ArrayList<String>();
    assertEquals(1, RunIndex.summaries(runs, e -> told.add(e.getMessage())).size());
    assertEquals(1, told.size());
  }
}
