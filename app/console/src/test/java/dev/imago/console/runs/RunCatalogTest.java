package dev.imago.console.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.console.ListedRun;
import dev.imago.console.WrittenWorkspace;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCatalogTest {
  @TempDir private Path root;
  private WrittenWorkspace files;

  @BeforeEach
  void begin() {
    files = new WrittenWorkspace(root);
  }

  private RunCatalog catalog() {
    return new RunCatalog(new Workspace(root), Optional.empty(), Clock.systemUTC());
  }

  private static List<String> ids(RunCatalog catalog) {
    return catalog.snapshot().runs().stream().map(RunEntry::id).toList();
  }

  @Test
  void readsRunsWithSettingsAndLastValues() {
    files.record("a", Map.of()).curve("a", 10);
    try (var catalog = catalog()) {
      catalog.look();
      RunEntry run = catalog.snapshot().runs().getFirst();
      assertEquals("4", run.settings().get("depth"));
      assertEquals("2", run.settings().get("shape.heads"));
      assertEquals(9, run.last().get("step"));
      assertEquals(8.0 / 1.9, run.last().get("loss"));
    }
  }

  @Test
  void aListForTheCommandLineIsOfTheSameIndex() throws IOException {
    for (int i = 0; i < 100; i++) {
      files.record("a" + i, Map.of());
    }
    files.write(root.resolve("runs/b/run.json"), "{");
    var broken = new ArrayList<String>();
    assertEquals(100, ListedRun.all(new Workspace(root), (name, _) -> broken.add(name)).size());
    assertEquals(List.of("runs/b"), broken);
    assertTrue(Files.exists(root.resolve("console").resolve(RunIndexFile.NAME)));
    // What the index knows is not read again.
    files.write(root.resolve("runs/a7/run.json"), "{");
    List<ListedRun> again = ListedRun.all(new Workspace(root), (_, _) -> {});
    assertEquals(100, again.size());
    assertEquals("a0", again.getFirst().id());
    try (var catalog = catalog()) {
      catalog.look();
      assertEquals(100, catalog.snapshot().runs().size());
    }
    Files.delete(root.resolve("console").resolve(RunIndexFile.NAME));
    assertEquals(99, ListedRun.all(new Workspace(root), (_, _) -> {}).size());
  }

  @Test
  void seesWhatComesAndGoesAndGrows() throws IOException {
    try (var catalog = catalog()) {
      catalog.look();
      assertEquals(List.of(), ids(catalog));
      files.record("a", Map.of("status", "RUNNING")).metrics("a", "{\"step\":1,\"loss\":3}");
      catalog.look();
      long seen = catalog.snapshot().generation();
      assertEquals(3, catalog.snapshot().runs().getFirst().last().get("loss"));
      files.metrics("a", "{\"step\":1,\"loss\":3}", "{\"step\":2,\"loss\":2}");
      catalog.look();
      assertEquals(2, catalog.snapshot().runs().getFirst().last().get("loss"));
      assertTrue(catalog.snapshot().generation() > seen);
      Files.delete(files.run("a").resolve("metrics.jsonl"));
      Files.delete(files.run("a").resolve("run.json"));
      Files.delete(files.run("a"));
      catalog.look();
      assertEquals(List.of(), ids(catalog));
    }
  }

  @Test
  void nothingNewIsNoNews() {
    files.record("a", Map.of());
    try (var catalog = catalog()) {
      catalog.look();
      long seen = catalog.snapshot().generation();
      catalog.look();
      catalog.look();
      assertEquals(seen, catalog.snapshot().generation());
    }
  }

  @Test
  void aRunThatNobodyIsAtWorkOnWasKilled() {
    files.record("a", Map.of("status", "RUNNING"));
    try (var catalog = catalog()) {
      catalog.look();
      assertEquals(RunState.KILLED, catalog.snapshot().runs().getFirst().state());
    }
  }

  @Test
  void whatCannotBeReadIsToldOnceAndTheRestStands() {
    files.record("good", Map.of()).write(files.run("bad").resolve("run.json"), "{\"id\": ");
    files.write(files.run("odd").resolve("run.json"), "[1,2]");
    files
        .record("lines", Map.of())
        .metrics("lines", "{\"loss\":1}", "nonsense", "{\"loss\":", "{\"loss\":\"NaN\"}");
    try (var catalog = catalog()) {
      catalog.look();
      assertEquals(2, ids(catalog).size());
      assertEquals(
          List.of("runs/bad", "runs/odd"),
          catalog.snapshot().problems().keySet().stream().sorted().toList());
      assertTrue(Double.isNaN(catalog.snapshot().find("lines").orElseThrow().last().get("loss")));
      long seen = catalog.snapshot().generation();
      catalog.look();
      assertEquals(seen, catalog.snapshot().generation());
      files.record("bad", Map.of());
      catalog.look();
      assertFalse(catalog.snapshot().problems().containsKey("runs/bad"));
    }
  }

  @Test
  void theIndexIsACopyThatMayBeDeletedOrDamaged() throws IOException {
    files
        .record("a", Map.of("error", "why 🦋"))
        .curve("a", 3)
        .record("b", Map.of("status", "FAILED"));
    Path index = root.resolve("console/runs.index");
    List<RunEntry> first;
    try (var catalog = catalog()) {
      catalog.look();
      first = catalog.snapshot().runs();
    }
    assertTrue(Files.exists(index));
    assertEquals(first, looked());
    byte[] bytes = Files.readAllBytes(index);
    bytes[bytes.length / 2] ^= 4;
    Files.write(index, bytes);
    assertEquals(first, looked());
    Files.delete(index);
    assertEquals(first, looked());
  }

  private List<RunEntry> looked() {
    try (var catalog = catalog()) {
      catalog.look();
      return catalog.snapshot().runs();
    }
  }

  @Test
  void aWorkspaceThatIsNotThereIsEmpty() {
    try (var catalog =
        new RunCatalog(new Workspace(root.resolve("none")), Optional.empty(), Clock.systemUTC())) {
      catalog.look();
      assertEquals(List.of(), ids(catalog));
      assertEquals(Map.of(), catalog.snapshot().problems());
    }
  }
}
