package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleaningTest {
  private static final String RECIPE = "name: r\nstages: {count: {n: 4}, sum: {}}";
  @TempDir Path folder;

  private static Ref ref(Map<String, Map<String, Artifact>> made, String step, String output) {
    return made.get(step).get(output).ref();
  }

  @Test
  void anInventoryTellsSizesMakersAndWhatDependsOnWhat() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run(RECIPE);
    Inventory inventory = Inventory.of(fixture.workspace);
    Inventory.Item numbers = inventory.items().getFirst();
    assertEquals(ref(made, "count", "numbers"), numbers.ref());
    assertEquals(4, numbers.bytes());
    assertEquals("count", numbers.by());
    assertEquals("r", numbers.recipe());
    assertEquals(List.of(ref(made, "sum", "total")), inventory.dependants(numbers.ref()));
    assertEquals(List.of(), inventory.dependants(ref(made, "sum", "total")));
    assertEquals(Set.of("corpus", "scores", "runs and keys"), inventory.totals().keySet());
  }

  @Test
  void whatSomethingWasMadeFromIsKeptAndTheDependantsAreNamed() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run(RECIPE);
    Ref numbers = ref(made, "count", "numbers");
    try (var cleaning = new Cleaning(fixture.workspace)) {
      var error = assertThrows(ConfigException.class, () -> cleaning.of(List.of(numbers), false));
      assertTrue(
          error.getMessage().contains(ref(made, "sum", "total").brief()), error.getMessage());
      assertTrue(error.getMessage().contains("--dependants"), error.getMessage());
      assertEquals(2, cleaning.of(List.of(numbers), true).artifacts().size());
    }
  }

  @Test
  void whatIsRemovedIsMadeAgainWhenItIsWanted() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run(RECIPE);
    try (var cleaning = new Cleaning(fixture.workspace)) {
      cleaning.remove(cleaning.of(List.of(ref(made, "sum", "total")), false));
    }
    assertEquals(1, fixture.workspace.artifacts().size());
    fixture.events.clear();
    assertEquals(made, fixture.run(RECIPE));
    assertEquals(List.of("reused count", "started sum", "finished sum"), fixture.events);
  }

  @Test
  void whatWasMeasuredGoesWithTheArtifact() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run(RECIPE);
    Path kept = fixture.workspace.measured(ref(made, "count", "numbers"));
    Path gone = fixture.workspace.measured(ref(made, "sum", "total"));
    Path orphan = kept.resolveSibling("f".repeat(64) + ".json");
    for (Path file : List.of(kept, gone, orphan)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "{}");
    }
    try (var cleaning = new Cleaning(fixture.workspace)) {
      cleaning.remove(cleaning.of(List.of(ref(made, "sum", "total")), false));
      assertFalse(Files.exists(gone));
      assertEquals(Set.of(orphan), cleaning.garbage(1, false).leftovers().keySet());
      cleaning.remove(cleaning.garbage(1, false));
    }
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(orphan));
  }

  @Test
  void garbageIsWhatTheNewestRunOfNoStepLeftOrWasMadeFrom() throws Exception {
    var fixture = new Fixture(folder);
    var old = fixture.run(RECIPE);
    var other = fixture.run(RECIPE.replace("name: r", "name: other"), "count.n=2");
    var fresh = fixture.run(RECIPE, "count.n=3");
    try (var cleaning = new Cleaning(fixture.workspace)) {
      assertTrue(cleaning.garbage(2, false).isEmpty(), "both runs of r count");
      Cleaning.Removal garbage = cleaning.garbage(1, false);
      assertEquals(
          Set.of(ref(old, "count", "numbers"), ref(old, "sum", "total")),
          garbage.artifacts().keySet());
      cleaning.remove(garbage);
    }
    fixture.events.clear();
    assertEquals(fresh, fixture.run(RECIPE, "count.n=3"));
    assertEquals(other, fixture.run(RECIPE.replace("name: r", "name: other"), "count.n=2"));
    assertFalse(fixture.events.stream().anyMatch(e -> e.startsWith("started")));
  }

  @Test
  void theScratchOfARunThatWouldGoOnIsKeptAndOneThatWasOvertakenGoes() throws Exception {
    var fixture = new Fixture(folder);
    fixture.count.failAt = 3;
    assertThrows(InputException.class, () -> fixture.run(RECIPE));
    fixture.count.failAt = -1;
    try (var cleaning = new Cleaning(fixture.workspace)) {
      assertTrue(cleaning.garbage(1, false).isEmpty());
      assertEquals(1, cleaning.garbage(1, true).leftovers().size());
    }
    fixture.run(RECIPE, "count.n=2"); // the recipe went another way since
    try (var cleaning = new Cleaning(fixture.workspace)) {
      Cleaning.Removal garbage = cleaning.garbage(1, false);
      assertEquals(1, garbage.leftovers().size());
      assertEquals(2, garbage.bytes());
      cleaning.remove(garbage);
    }
    assertEquals(0, folder.resolve("scratch").toFile().list().length);
  }

  @Test
  void whatNoRunLeftIsNoGarbageAndHalfARemovalIs() throws Exception {
    var fixture = new Fixture(folder);
    fixture.run(RECIPE);
    Workspace.deleteTree(fixture.workspace.runs());
    Path half = folder.resolve("artifacts/corpus/" + "b".repeat(64));
    Files.createDirectories(half);
    Files.writeString(half.resolve("rest"), "rest");
    try (var cleaning = new Cleaning(fixture.workspace)) {
      Cleaning.Removal garbage = cleaning.garbage(1, false);
      assertEquals(Map.of(), garbage.artifacts());
      assertEquals(Set.of(half), garbage.leftovers().keySet());
    }
  }

  @Test
  void nothingIsCleanedUnderAChainAtWork() {
    var fixture = new Fixture(folder);
    try (ProcessLock _ = fixture.workspace.lock()) {
      assertThrows(EnvironmentException.class, () -> new Cleaning(fixture.workspace));
    }
  }
}
