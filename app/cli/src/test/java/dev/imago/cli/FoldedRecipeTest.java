package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.Plan;
import dev.imago.core.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldedRecipeTest {
  @TempDir Path folder;

  private Recipe folded(String stages, String... overrides) throws Exception {
    Path file = Files.writeString(folder.resolve("r.yaml"), "folds: 3\nstages:\n" + stages);
    return FoldedRecipe.of(Recipe.read(file, List.of(overrides), Map.of()));
  }

  private static final String STAGES =
      """
        collect: { sources: [a] }
        prepare:
        annotate: { task: classify, labels: [a] }
        vocabulary:
        encode:
        pretrain:
        tune: { batch: 8 }
        evaluate:
      """;

  @Test
  void eachFoldHasStepsOfItsOwnAndOneTellsOfAll() throws Exception {
    Path rows = Files.writeString(folder.resolve("rows.tsv"), "text\tlabel\na\tb\n");
    Recipe recipe = folded(STAGES.replace("[a]", "[\"%s\"]".formatted(rows)));
    List<String> ids = recipe.steps().stream().map(Recipe.Step::id).toList();
    assertEquals(
        List.of(
            "fold-1",
            "tune-1",
            "evaluate-1",
            "fold-2",
            "tune-2",
            "evaluate-2",
            "fold-3",
            "tune-3",
            "evaluate-3",
            "folds"),
        ids.subList(6, ids.size()));
    Recipe.Step second = recipe.steps().get(11);
    assertEquals(List.of("tune-2.tuned"), second.inputs().get("tuned"));
    assertEquals(List.of("fold-2.labels"), second.inputs().get("labels"));
    assertEquals(8, recipe.steps().get(10).settings().get("batch").asInt());
    assertEquals(
        List.of("evaluate-1.scores", "evaluate-2.scores", "evaluate-3.scores"),
        recipe.steps().getLast().inputs().get("scores"));
    // The stages take these inputs, and the last one all scores.
    Plan plan = Plan.of(recipe, Catalog.stages(folder.resolve("ws")), _ -> null);
    assertTrue(plan.resolved().toString().contains("fold-3"), plan.resolved().toString());
  }

  @Test
  void aRecipeWithoutFoldsStaysAsItIs() throws Exception {
    Recipe recipe = folded(STAGES, "folds=0");
    assertEquals(8, recipe.steps().size());
  }

  @Test
  void aStepThatGoesOnWithAFoldsModelIsBoundToThatOfItsFold() throws Exception {
    Recipe recipe =
        folded(
            STAGES.replace(
                "  evaluate:",
                "  second: { stage: tune, inputs: { base: tune.tuned } }\n  evaluate:"));
    Recipe.Step second =
        recipe.steps().stream().filter(s -> s.id().equals("second-2")).findFirst().orElseThrow();
    assertEquals(List.of("tune-2.tuned"), second.inputs().get("base"));
    Recipe.Step evaluated =
        recipe.steps().stream().filter(s -> s.id().equals("evaluate-2")).findFirst().orElseThrow();
    assertEquals(List.of("tune-2.tuned", "second-2.tuned"), evaluated.inputs().get("tuned"));
  }

  @Test
  void whatHasNoFoldsIsRefusedByName() throws Exception {
    refused(STAGES.replace("  tune: { batch: 8 }\n", ""), "has no step tune");
    refused(STAGES.replace("  evaluate:", "  compress:"), "goes on with compress");
    refused(STAGES.replace("  evaluate:\n", ""), "no step evaluate after tune");
    refused(STAGES.replace("labels: [a]", "labels: [a], heldoutLabels: [b]"), "held out always");
    refused(STAGES.replaceAll("  annotate.*\n", ""), "no step of r before tune makes any");
    var error = assertThrows(ConfigException.class, () -> folded(STAGES, "folds=1"));
    assertTrue(String.valueOf(error.getMessage()).contains("folds = 1"), error.getMessage());
  }

  private void refused(String stages, String words) {
    var error = assertThrows(ConfigException.class, () -> folded(stages));
    assertTrue(String.valueOf(error.getMessage()).contains(words), error.getMessage());
  }
}
