package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "stages: {coutn: {}}                         | did you mean «count»?",
        "stages: {count: {nn: 4}}                    | count.nn: no such setting; did you mean"
            + " «n»?",
        "stages: {count: {n: four}}                  | count.n = \"\"four\"\", but it takes a whole"
            + " number",
        "stages: {count: {n: 1.5}}                   | it takes a whole number",
        "stages: {count: {n: 99999999999}}           | it takes a whole number",
        "stages: {count: {n: 0}}                     | count.n = 0 is below 1",
        "stages: {count: {shape: {rato: 1}}}         | did you mean «ratio»?",
        "stages: {count: {shape: {bent: 1}}}         | count.shape.bent = 1, but it takes true or"
            + " false",
        "stages: {count: {shape: 3}}                 | it takes settings by name",
        "stages: {count: {kind: fany}}               | one of plain, fancy",
        "stages: {count: {labels: [[1]]}}            | count.labels[0]",
        "stages: {sum: {}}                           | no earlier step leaves a Corpus named"
            + " «numbers»",
        "stages: {count: {}, sum: {inputs: {numbers: count.foo}}} | count.foo",
        "stages: {count: {}, sum: {inputs: {nmbers: x}}} | did you mean «numbers»?",
        "stages: {count: {}, sum: {inputs: 7}}       | stages.sum.inputs = 7, but it takes settings"
            + " by name",
        "stages: {count: {}, sum: {inputs: {numbers: [x]}}} | stages.sum.inputs.numbers ="
            + " [\"\"x\"\"], but it takes a name",
        "stages: {count: {stage: [x]}}               | stages.count.stage = [\"\"x\"\"], but it"
            + " takes a name",
        "stages: {count: 3}                          | stages.count = 3, but it takes settings by"
            + " name",
        "{stages: {count: {}}, serve: 5}             | serve = 5, but it takes settings by name",
        "stages: {}                                  | «stages» is missing",
        "stges: {count: {}}                          | did you mean «stages»?",
        "seed: x                                     | recipe.seed",
        "stages: {count: {n: 1, n: 2}}               | not YAML",
        "stages: [1, 2                               | not YAML",
        "stages: {count: {labels: [\"${hom}\"]}}     | did you mean «home»?",
      })
  void whatCannotBeIsOneClearError(String yaml, String message) {
    var error = assertThrows(ConfigException.class, () -> new Fixture(folder).plan(yaml));
    assertTrue(error.getMessage().contains(message.replace("\"\"", "\"")), error.getMessage());
  }

  @Test
  void whatIsNoTextFileIsToldApartFromNoFile() throws Exception {
    Path bytes = Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xFF, 0});
    assertTrue(refused(bytes).contains("is not UTF-8"), refused(bytes));
    assertTrue(refused(folder).contains("is a folder"), refused(folder));
    assertTrue(refused(folder.resolve("none.yaml")).contains("no recipe at"));
  }

  private static String refused(Path recipe) {
    return assertThrows(ConfigException.class, () -> Recipe.read(recipe, List.of(), Map.of()))
        .getMessage();
  }

  @Test
  void overridesWinOverTheFile() {
    Plan plan =
        new Fixture(folder)
            .plan(
                "stages: {count: {n: 4}}",
                "count.n=7",
                "seed=9",
                "count.shape.ratio=2",
                "count.labels=[a, b]");
    assertEquals(9, plan.recipe().seed());
    assertEquals(
        "{n=7, labels=[a, b], shape={ratio=2.0, bent=false}, kind=plain}",
        Binder.resolved(plan.nodes().getFirst().config()).toString());
  }

  @Test
  void anOverrideOfAnUnknownStepNamesTheNearest() {
    var error =
        assertThrows(
            ConfigException.class,
            () -> new Fixture(folder).plan("stages: {count: {}}", "cont.n=7"));
    assertTrue(error.getMessage().contains("did you mean «count»?"), error.getMessage());
  }

  @Test
  void variablesAreReplaced() {
    Plan plan = new Fixture(folder).plan("stages: {count: {labels: ['${home}/x']}}");
    assertTrue(plan.resolved().toString().contains("/h/x"));
  }

  @Test
  void twoStepsOfOneStageAreToldApartByHand() throws Exception {
    var fixture = new Fixture(folder);
    var made =
        fixture.run(
            "stages: {count: {n: 2}, more: {stage: count, n: 3}, sum: {inputs: {numbers:"
                + " count.numbers}}}");
    assertEquals(List.of("count", "more", "sum"), List.copyOf(made.keySet()));
    assertEquals(
        made.get("count").get("numbers").ref().toString(),
        fixture.workspace.runRecords().getLast().inputs().get("numbers"));
  }
}
