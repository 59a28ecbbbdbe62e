package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.languages.LanguageTrainer;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What is looked at in answers that have no reference.
class AnswerChecksTest {
  private static List<Double> values(ResponseCheck check, String... texts) {
    return result(check, "", texts).findings().stream()
        .map(f -> f.map(ResponseCheck.Finding::value).orElse(-1.0))
        .toList();
  }

  private static AnswerChecks.Result result(ResponseCheck check, String source, String... texts) {
    return AnswerChecks.result(
        check, Arrays.stream(texts).map(text -> new CheckedAnswer(text, text, source)).toList());
  }

  @Test
  void anAnswerIsJsonAsAWhole() {
    assertEquals(
        List.of(1.0, 1.0, 0.0, 0.0, 0.0),
        values(AnswerChecks.json(), "{\"a\": 1}", " [] ", "{} and more", "```json\n{}\n```", ""));
  }

  @Test
  void aSchemaAllowsAnyOrderOfPropertiesAndHasAllKeywords() {
    ResponseCheck check =
        AnswerChecks.schema(
            "s.json",
            """
            {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
            "tags": {"type": "array", "uniqueItems": true}, "age": {"$ref": "#/$defs/age"}},
            "$defs": {"age": {"type": "integer", "minimum": 0}}}
            """);
    assertEquals(
        List.of(1.0, 1.0, 0.0, 0.0, 0.0),
        values(
            check,
            "{\"age\": 3, \"name\": \"Ann\"}",
            "{\"name\": \"Ann\", \"tags\": [1, 2]}",
            "{\"name\": \"Ann\", \"tags\": [1, 1]}",
            "{\"name\": \"Ann\", \"age\": -1}",
            "no JSON"));
    assertTrue(
        result(check, "", "{\"age\": 1}")
            .findings()
            .getFirst()
            .orElseThrow()
            .why()
            .contains("name"));
  }

  @Test
  void aBrokenSchemaIsToldWithItsFileAndNothingIsFetched() {
    for (String broken :
        List.of(
            "{\"type\":", "[]", "{\"type\": \"objct\"}", "{\"$ref\": \"http://e.invalid/s\"}")) {
      String said =
          assertThrows(InputException.class, () -> AnswerChecks.schema("s.json", broken))
              .getMessage();
      assertTrue(said.contains("s.json is no JSON"), said);
    }
  }

  @Test
  void aRefusalIsToldByHowAnAnswerBegins() {
    assertEquals(
        List.of(1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
        values(
            AnswerChecks.refusal(),
            "作为一个AI，我没有看法。",
            "I’m sorry, but I can’t help with that.",
            "As an AI language model, I have no opinions.",
            "抱歉，我无法回答这个问题。",
            "Sorrow and apologies are what this poem is about.",
            "He said so. ".repeat(30) + "I cannot."));
  }

  @Test
  void numbersAreLookedForInTheSourceByTheirValues() {
    AnswerChecks.Result result =
        result(AnswerChecks.numbers(), "共三百二十人，1,000 dollars", "320 and 1000", "320 or 30", "none");
    assertEquals(0.75, result.value());
    assertEquals(2, result.concerned());
    assertEquals("not in the source: 30", result.findings().get(1).orElseThrow().why());
    assertEquals(Optional.empty(), result.findings().get(2));
  }

  @Test
  void whatConcernsNoAnswerHasNoValue() {
    AnswerChecks.Result result = result(AnswerChecks.numbers(), "3", "none");
    assertTrue(Double.isNaN(result.value()) && result.concerned() == 0);
  }

  @Test
  void anAnswerIsInTheLanguageThatIsAskedFor() {
    var trainer = new LanguageTrainer();
    trainer.add("en", "the cat sat on the mat and this is the way that they were there with them");
    trainer.add("de", "die Katze saß auf der Matte und das ist der Weg, den sie mit ihnen gingen");
    ResponseCheck check = AnswerChecks.language(trainer.train(), "de");
    assertEquals(
        List.of(1.0, 0.0),
        values(check, "und das ist die Katze auf der Matte", "this is the cat on the mat"));
    String said =
        assertThrows(InputException.class, () -> AnswerChecks.language(trainer.train(), "xx"))
            .getMessage();
    assertTrue(said.contains("«xx»") && said.contains("de, en"), said);
  }

  private static final Tokenizer TOKENIZER = ByteModel.tokenizer();

  /// A model of texts, by a rule.
  private static LabelModel model(Function<String, float[][]> rule) {
    return new LabelModel() {
      @Override
      public Tokenizer tokenizer() {
        return TOKENIZER;
      }

      @Override
      public int context() {
        return 64;
      }

      @Override
      public List<float[][]> scores(List<ModelInput> inputs) {
        return inputs.stream().map(i -> rule.apply(TOKENIZER.decode(i.ids()))).toList();
      }

      @Override
      public Readout readout() {
        return Readout.PLAIN;
      }

      @Override
      public void close() {}
    };
  }

  private static List<AnswerChecks.KnownPairs> tests(String... labels) {
    var pairs = new ArrayList<AnswerChecks.KnownPair>();
    for (int i = 0; i < labels.length; i++) {
      pairs.add(new AnswerChecks.KnownPair(i < 2 ? "it is" : "it was", "so", labels[i]));
    }
    return List.of(new AnswerChecks.KnownPairs("pairs.jsonl", pairs));
  }

  @Test
  void entailmentStandsBesideHowOftenItsHeadIsRight() {
    var classes = new Output.Classes(List.of("NEUTRAL", "ENTAILMENT"));
    // It says so of all that holds the word «is».
    LabelModel head = model(text -> new float[][] {{0, text.contains("is") ? 1 : -1}});
    List<AnswerChecks.KnownPairs> test = tests("entailment", "NEUTRAL", "NEUTRAL", "neutral");
    AnswerChecks.Result result =
        result(new EntailmentCheck("head", head, classes, test, 1), "a dog", " is one", " was");
    assertEquals(0.5, result.value());
    assertEquals("NEUTRAL: «was»", result.findings().get(1).orElseThrow().why());
    assertTrue(
        result.signature().contains("accuracy:0.7500 (0.")
            && result.signature().contains("n = 4, pairs.jsonl"),
        result.signature());
    assertTrue(result.notes().getFirst().contains("75.0%"), result.notes().toString());
    String said =
        assertThrows(
                InputException.class,
                () ->
                    new EntailmentCheck(
                        "head", head, new Output.Classes(List.of("good", "bad")), test, 1))
            .getMessage();
    assertTrue(said.contains("good, bad"), said);
    said =
        assertThrows(
                InputException.class,
                () -> new EntailmentCheck("head", head, classes, tests("maybe"), 1))
            .getMessage();
    assertTrue(said.contains("pairs.jsonl: a pair of the test is «maybe»"), said);
  }

  @Test
  void aLongAnswerIsHeldAgainstALongSourceStatementByStatement() {
    var classes = new Output.Classes(List.of("neutral", "entailment"));
    // It knows two names, in one window.
    LabelModel head =
        model(text -> new float[][] {{0, text.contains("Ann ") && text.contains("Ann,") ? 1 : -1}});
    ResponseCheck check =
        new EntailmentCheck("head", head, classes, tests("neutral", "neutral", "neutral"), 2);
    String source =
        "It is so here. ".repeat(20) + "This is what Ann does. " + "Or not. ".repeat(20);
    AnswerChecks.Result result =
        result(check, source, "So says Ann, too.\n- Bo, not.", "— …", "It is not so. Nor is it.");
    assertEquals(
        List.of(0.5, 0.0),
        result.findings().stream().flatMap(Optional::stream).map(f -> f.value()).toList());
    assertEquals(2, result.concerned());
    assertEquals("neutral: «- Bo, not.»", result.findings().getFirst().orElseThrow().why());
    assertEquals(1, result.notes().size(), result.notes().toString()); // none was cut
  }

  @Test
  void windowsOfASourceFitAndShareASentence() {
    String source =
        "One is. Two is. Three is long, so long that it is more than fits. Four is. Five.";
    assertEquals(List.of(source), Statements.windows(source, 9, String::length, 100));
    assertEquals(
        List.of(
            "One is. Two is.",
            "Three is long, so long that it is more than fits.",
            "Four is. Five."),
        Statements.windows(source, 9, String::length, 20));
    assertEquals(
        List.of("Ab. Cd.", "Cd. Ef.", "Ef. Gh."),
        Statements.windows("Ab. Cd. Ef. Gh.", 2, String::length, 80));
    assertEquals(List.of("Ab.", "Cd."), Statements.windows("Ab. Cd.", 1, String::length, 80));
  }

  @Test
  void entitiesAreLookedForInTheSourceWhateverTheirCase() {
    LabelModel tagger =
        model(
            text -> {
              float[][] rows = new float[64][];
              for (int i = 0; i < rows.length; i++) {
                String rest = i < text.length() ? text.substring(i) : "";
                boolean capital = rest.matches(" ?[A-Z].*");
                rows[i] = capital ? new float[] {0, 1} : new float[] {1, 0};
              }
              return rows;
            });
    ResponseCheck check =
        new EntityCheck("tagger", tagger, new Output.Tags(List.of("O", "B-PER"), false));
    AnswerChecks.Result result =
        result(check, "ann met bo", "Ann saw Bo", "Ann saw Cy", "no one saw");
    assertEquals(
        List.of(1.0, 0.5),
        result.findings().stream().flatMap(Optional::stream).map(f -> f.value()).toList());
    assertEquals("not in the source: Cy", result.findings().get(1).orElseThrow().why());
  }
}
