package dev.imago.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Recipe;
import dev.imago.corpus.DecontaminationRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TestedRecipeTest {
  @TempDir private Path folder;

  private JsonNode against(String prepare) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            name: tested
            stages:
              collect:
              prepare: %s
              annotate: {task: classify, labels: [a.csv], heldoutLabels: [test.csv]}
              slots: {stage: annotate, task: tag, labels: [b.txt], heldoutLabels: [tags.txt]}
            """
                .formatted(prepare));
    Recipe recipe = TestedRecipe.of(Recipe.read(file, List.of(), Map.of()));
    return recipe.steps().get(1).settings().path("decontaminate").path("against");
  }

  @Test
  void heldOutFilesAreLookedForUnlessTheRecipeSaysNo() throws Exception {
    assertEquals("[\"test.csv\",\"tags.txt\"]", against("{}").toString());
    assertEquals(
        "[\"mine.jsonl\",\"test.csv\",\"tags.txt\"]",
        against("{decontaminate: {against: [mine.jsonl]}}").toString());
    assertEquals("", against("{decontaminate: {heldoutLabels: false}}").asString(""));
  }

  @Test
  void aFolderStandsForItsFilesOfRows() throws Exception {
    Path tests = Files.createDirectories(folder.resolve("tests/deep"));
    Path rows = Files.writeString(tests.resolve("b.jsonl"), "{}");
    Files.writeString(tests.resolve("notes.md"), "no rows");
    Path named = Files.writeString(folder.resolve("a.txt"), "one");
    assertEquals(
        List.of(named, rows),
        TestSearch.files(
            new DecontaminationRules(
                List.of(named.toString(), folder.resolve("tests").toString()), List.of(), true)));
  }

  @Test
  void aFolderOfColumnsIsLookedForAndOneWithoutRowsIsRefusedByName() throws Exception {
    Path tests = Files.createDirectories(folder.resolve("tests"));
    var rules = new DecontaminationRules(List.of(tests.toString()), List.of(), true);
    Files.writeString(tests.resolve("notes.md"), "no rows");
    var refused = assertThrows(InputException.class, () -> TestSearch.files(rules));
    assertTrue(refused.getMessage().contains(tests + " holds no rows"), refused.getMessage());
    Path tags = Files.writeString(tests.resolve("tags.conll"), "Jan B-PER\n");
    assertEquals(List.of(tags), TestSearch.files(rules));
  }
}
