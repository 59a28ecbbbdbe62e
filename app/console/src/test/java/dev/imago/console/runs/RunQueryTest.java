package dev.imago.console.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.console.WrittenWorkspace;
import dev.imago.core.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunQueryTest {
  @TempDir private Path root;
  private List<RunEntry> runs = List.of();
  private final Map<String, RunMarks.Mark> marks = new HashMap<>();

  @BeforeEach
  void begin() {
    var files = new WrittenWorkspace(root);
    files
        .record(
            "r1",
            Map.of("config", Map.of("depth", 2, "name", "小模型"), "started", "2026-01-01T00:00:00Z"))
        .metrics("r1", "{\"loss\":3}");
    files
        .record(
            "r2",
            Map.of(
                "config",
                Map.of("depth", 10),
                "started",
                "2026-01-02T00:00:00Z",
                "status",
                "FAILED",
                "error",
                "Out of Memory"))
        .metrics("r2", "{\"loss\":1}");
    files.record("r3", Map.of("recipe", "tune", "started", "2026-01-03T00:00:00Z"));
    try (var catalog = new RunCatalog(new Workspace(root), Optional.empty(), Clock.systemUTC())) {
      catalog.look();
      runs = catalog.snapshot().runs();
    }
  }

  private List<String> found(Map<String, List<String>> asked) {
    return RunListing.of(runs, RunQuery.of(new Asked(asked)), marks, Locale.UK).runs().stream()
        .map(RunEntry::id)
        .toList();
  }

  private List<String> found(String text) {
    return found(Map.of("q", List.of(text)));
  }

  @Test
  void findsWordsInAnyFieldWhateverTheCase() {
    assertEquals(List.of("r2"), found("memory"));
    assertEquals(List.of("r2"), found("\"out of memory\""));
    assertEquals(List.of("r1"), found("小模"));
    assertEquals(List.of(), found("memory tune"));
  }

  @Test
  void findsByConditionsOnSettingsMetricsAndMarks() {
    assertEquals(List.of("r2"), found("depth>=10"));
    assertEquals(List.of("r1"), found("loss>2 depth=2"));
    assertEquals(List.of("r2"), found("state=failed"));
    marks.put("r3", new RunMarks.Mark("r3", true, "g", List.of("Good"), "remember"));
    assertEquals(List.of("r3"), found("tag=good"));
    assertEquals(List.of("r3"), found("remember"));
  }

  @Test
  void sortsNumbersAsNumbersAndRunsWithoutAValueLast() {
    assertEquals(List.of("r1", "r3", "r2"), found(Map.of("sort", List.of("s:depth"))));
    assertEquals(List.of("r1", "r2", "r3"), found(Map.of("sort", List.of("-m:loss"))));
    assertEquals(List.of("r2", "r1", "r3"), found(Map.of("sort", List.of("m:loss"))));
  }

  @Test
  void newestComeFirstAndPinnedBeforeThem() {
    assertEquals(List.of("r3", "r2", "r1"), found(""));
    marks.put("r1", new RunMarks.Mark("r1", true, "", List.of(), ""));
    assertEquals(List.of("r1", "r3", "r2"), found(""));
    assertEquals(List.of("r1"), found(Map.of("pinned", List.of("1"))));
  }

  @Test
  void marksAreReadAgainAndTheLastOfARunCounts() throws java.io.IOException {
    var kept = new RunMarks(root);
    kept.put(new RunMarks.Mark("r1", false, "", List.of("a"), "one"));
    Files.writeString(root.resolve("marks.jsonl"), "{\"run\":\"r", StandardOpenOption.APPEND);
    kept.put(new RunMarks.Mark("r1", true, "", List.of("b", "b", " "), "two"));
    RunMarks.Mark mark = new RunMarks(root).of("r1");
    assertEquals(new RunMarks.Mark("r1", true, "", List.of("b"), "two"), mark);
  }
}
