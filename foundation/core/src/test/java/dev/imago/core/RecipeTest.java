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
        "stages: {sum: {}}                           | no earlier step leaves numbers named"
            + " «numbers»",
        "stages: {count: {}, sum: {inputs: {numbers: count.foo}}} | count.foo",
        "stages: {count: {}, sum: {inputs: {nmbers: x}}} | did you mean «numbers»?",
        "stages: {count: {}, sum: {inputs: 7}}       | stages.sum.inputs = 7, but it takes settings"
            + " by name",
        "stages: {count: {}, sum: {inputs: {numbers: [x]}}} | sum.inputs.numbers = x, but no"
            + " earlier step leaves that; valid are count.numbers",
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
  void aPatternOnTheCommandLineIsAText() {
    Plan plan = new Fixture(folder).plan("stages: {count: {}}", "count.labels=*embed*");
    assertEquals(
        "{n=3, labels=[*embed*], shape={ratio=0.5, bent=false}, kind=plain}",
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
  void aFormerNameOfASettingIsReadWithANoteAndNeverBesideTheNewOne() {
    var fixture = new Fixture(folder);
    Plan plan = fixture.plan("stages: {count: {}, sum: {factor: 3}}");
    assertEquals(
        "{times=3, places=0, up=false}",
        Binder.resolved(plan.nodes().getLast().config()).toString());
    assertEquals(List.of("sum.factor is called sum.times now"), plan.notes());
    assertEquals(List.of(), fixture.plan("stages: {count: {}, sum: {times: 3}}").notes());
    var error =
        assertThrows(
            ConfigException.class,
            () -> fixture.plan("stages: {count: {}, sum: {factor: 3, times: 2}}"));
    assertTrue(error.getMessage().contains("both are set"), error.getMessage());
  }

  @Test
  void settingsOfAnUnwrappedRecordStandBesideTheOthers() {
    var fixture = new Fixture(folder);
    Plan plan = fixture.plan("stages: {count: {}, sum: {times: 3, up: true, digits: 4}}");
    assertEquals(
        "{times=3, places=4, up=true}",
        Binder.resolved(plan.nodes().getLast().config()).toString());
    assertEquals(List.of("sum.digits is called sum.places now"), plan.notes());
    for (var wrong :
        Map.of(
                "{plases: 4}", "sum.plases: no such setting; did you mean «places»?",
                "{places: 10}", "sum.places = 10 is outside 0 … 9",
                "{rounding: {places: 4}}", "sum.rounding: no such setting")
            .entrySet()) {
      var error =
          assertThrows(
              ConfigException.class,
              () -> fixture.plan("stages: {count: {}, sum: %s}".formatted(wrong.getKey())));
      assertTrue(error.getMessage().startsWith(wrong.getValue()), error.getMessage());
    }
  }

  @Test
  void variablesAreReplaced() {
    Plan plan = new Fixture(folder).plan("stages: {count: {labels: ['${home}/x']}}");
    assertTrue(plan.resolved().toString().contains("/h/x"));
  }

  @Test
  void aWrongKindOrFormIsRefusedBeforeAnyWork() {
    var fixture = new Fixture(folder);
    var error =
        assertThrows(
            ConfigException.class,
            () ->
                fixture.plan(
                    "stages: {count: {}, sum: {}, more: {stage: sum, inputs: {numbers:"
                        + " sum.total}}}"));
    assertEquals("more.inputs.numbers takes numbers, and sum.total is a total", error.getMessage());
    assertTrue(
        assertThrows(
                ConfigException.class,
                () ->
                    fixture.plan(
                        "stages: {count: {}, sum: {inputs: {numbers: [count.numbers,"
                            + " count.numbers]}}}"))
            .getMessage()
            .contains("names 2 artifacts, but it takes one"));
  }

  @Test
  void anInputMayLieInTheWorkspace() throws Exception {
    var fixture = new Fixture(folder);
    Ref numbers = fixture.run("stages: {count: {n: 4}}").get("count").get("numbers").ref();
    String bound = "stages: {sum: {inputs: {numbers: %s}}}".formatted(numbers.brief());
    var made = fixture.run(bound);
    assertEquals(
        "10",
        java.nio.file.Files.readString(made.get("sum").get("total").folder().resolve("total")));
    assertEquals(
        numbers.toString(), fixture.workspace.runRecords().getLast().inputs().get("numbers"));
    String total = made.get("sum").get("total").ref().brief();
    var error =
        assertThrows(
            ConfigException.class,
            () -> fixture.plan("stages: {sum: {inputs: {numbers: %s}}}".formatted(total)));
    assertTrue(error.getMessage().contains("takes numbers"), error.getMessage());
    Files.delete(fixture.workspace.find(numbers.brief()).folder().resolve("2.txt"));
    var damaged = assertThrows(InputException.class, () -> fixture.run(bound, "sum.times=2"));
    assertTrue(damaged.getMessage().contains("make or import it again"), damaged.getMessage());
  }

  @Test
  void anInputMayBeMissingOrSeveral() throws Exception {
    var fixture = new Fixture(folder);
    var made = fixture.run("stages: {count: {n: 2}, more: {stage: count, n: 3}, gather: {}}");
    assertEquals("2 of 2 and 0", text(made));
    assertEquals(
        "2 of 2 and 1",
        text(
            fixture.run(
                "stages: {count: {n: 2}, more: {stage: count, n: 3}, sum: {}, gather: {}}")));
    assertEquals("0 of 0 and 0", text(fixture.run("stages: {gather: {}}")));
    assertEquals(
        "1 of 1 and 0",
        text(
            fixture.run(
                "stages: {count: {n: 2}, more: {stage: count, n: 3}, gather: {inputs: {numbers:"
                    + " [more.numbers]}}}")));
    Plan plan = fixture.plan("stages: {count: {}, gather: {}}");
    assertTrue(
        plan.resolved().toString().contains("inputs={numbers=[count.numbers]}"),
        plan.resolved().toString());
  }

  private static String text(Map<String, Map<String, Artifact>> made) throws Exception {
    return Files.readString(made.get("gather").get("all").folder().resolve("all"));
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
