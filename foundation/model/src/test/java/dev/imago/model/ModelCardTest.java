package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.GgufValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCardTest {
  private static final ModelCard JAVA = card(Map.of("code", 8_000L, "prose", 12L));

  private static ModelCard card(Map<String, Long> kinds) {
    var languages = new LinkedHashMap<String, Long>();
    languages.put("java", 27_000_000L);
    languages.put("en", 2_500_000L);
    languages.put("und", 1_000L);
    var sorted = new LinkedHashMap<String, Long>();
    kinds.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    var reading =
        new ModelCard.Reading(8_012, 29_501_000, 9_000_000, 3_200_000, 42, languages, sorted);
    return ModelCard.of(reading, 1_262_720, "class A {")
        .tuned(new ModelCard.Tuning(14_200, 16_000), "String.isEmpty() : boolean");
  }

  @Test
  void aModelSaysWhatItReadAndWhatItWasTunedOn() {
    assertEquals(
        "A model of 1.3 million parameters, trained from nothing on 8,012 documents (30 MB of code"
            + " and prose: 92 % Java, 8 % English), of which it read 3.2 million tokens, then tuned"
            + " on 14,200 pairs of a prompt and its answer.",
        JAVA.description());
    assertEquals(List.of("en"), JAVA.languages(), "Java is no language of ISO 639");
  }

  @Test
  void aModelThatFindsTextsSaysSo() {
    ModelCard found =
        JAVA.tuned(new ModelCard.Tuning(700, 900, "feature-extraction"), "a quiet room");
    assertTrue(
        found.description().endsWith("then tuned on 700 pairs of texts that belong together."),
        found.description());
    String readme = ModelCardText.write(found, "transformers");
    assertTrue(readme.contains("It holds together what its examples had together"), readme);
  }

  @Test
  void oneDocumentOfOneLanguageReadsWell() {
    var reading =
        new ModelCard.Reading(
            1, 1_115_394, 300_000, 200_000, 42, Map.of("en", 9L), Map.of("prose", 1L));
    assertEquals(
        "A model of 12,345 parameters, trained from nothing on 1 document (1.1 MB of prose:"
            + " English), of which it read 200,000 tokens.",
        ModelCard.of(reading, 12_345, "").description());
  }

  @Test
  void whatAPersonSaysComesFirstAndWhatIsEmptyChangesNothing() {
    ModelCard called = JAVA.called("imago-mine", "Knows my notes.", "");
    assertEquals("Knows my notes.", called.description());
    assertEquals("String.isEmpty() : boolean", called.hint());
    assertEquals(called, called.called("", " ", ""));
  }

  @Test
  void aCardComesBackFromAReadmeAndFromGgufAsItWas() {
    for (ModelCard card :
        List.of(
            JAVA,
            JAVA.called(
                "imago-鲁迅: «a» #1", "He said:\n- \"---\"\n---\nand 'went'", "Continue: 'a' # b"),
            ModelCard.named("x"))) {
      assertEquals(card, ModelCardText.read(ModelCardText.write(card, "gguf")));
      if (card.parameters() > 0) {
        assertEquals(card, ModelCard.of(card.metadata(), 1));
      }
    }
  }

  @Test
  void aReadmeIsOneThatTheHubReads() {
    String text = ModelCardText.write(JAVA.called("imago-jdk", "", ""), "transformers");
    assertTrue(
        text.startsWith(
            "---\n"
                + "language:\n"
                + "- en\n"
                + "library_name: transformers\n"
                + "pipeline_tag: text-generation\n"
                + "tags:\n"
                + "- imago\n"),
        text);
    assertTrue(text.contains("\n---\n\n# imago-jdk\n\nA model of 1.3 million parameters"), text);
    assertTrue(text.contains("| tokens seen in pre-training | 3,200,000 |"), text);
  }

  @Test
  void filesOfOthersSayWhatTheyCan() {
    Map<String, GgufValue> theirs =
        Map.of(
            "general.name", new GgufValue.Text("Qwen2.5 0.5B Instruct"),
            "general.languages", new GgufValue.Texts(List.of("en", "zh")));
    ModelCard card = ModelCard.of(theirs, 494_000_000);
    assertEquals("Qwen2.5 0.5B Instruct", card.name());
    assertEquals(List.of("en", "zh"), card.languages());
    assertEquals("A model of 494 million parameters.", card.description());
    assertEquals(
        List.of("de"),
        ModelCardText.read("---\r\nlanguage: de\r\nlicense: mit\r\n---\r\n# X").languages());
  }

  @Test
  void whatCannotBeReadSaysNothingAndStopsNothing() {
    for (String text :
        List.of(
            "",
            "# No card",
            "---\n{{{\n---\n",
            "---\nimago: {name: [1]}\n---\n",
            "---\n- a\n---\n",
            "---\nname: open")) {
      assertEquals("", ModelCardText.read(text).name(), text);
    }
    Map<String, GgufValue> broken = Map.of("imago.card", new GgufValue.Text("{\"name\": "));
    assertEquals(7, ModelCard.of(broken, 7).parameters());
  }

  @Test
  void countsAreShort() {
    assertEquals("999,999", CardWords.count(999_999));
    assertEquals("1 million", CardWords.count(1_000_000));
    assertEquals("13 million", CardWords.count(12_600_000));
    assertEquals("1.1 billion", CardWords.count(1_100_000_000));
    assertEquals("1.3M", CardWords.label(1_262_720));
    assertEquals("12K", CardWords.label(12_345));
  }
}
