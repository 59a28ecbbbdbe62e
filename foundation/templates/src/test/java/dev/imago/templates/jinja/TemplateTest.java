package dev.imago.templates.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every feature of the language, against texts that transformers gave. Where `features.txt` has
/// new ones, `conformance/chat_templates.py features` writes `features.json` anew.
class TemplateTest {
  static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-26T09:05:07.001234Z"), ZoneOffset.UTC);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

  private static JsonNode resource(String name) {
    return JSON.readTree(TemplateTest.class.getResourceAsStream(name));
  }

  private static String render(String template) {
    return Template.parse(template).render(Map.of(), CLOCK).text();
  }

  @TestFactory
  List<DynamicTest> aFeatureMeansWhatItMeansInTransformers() {
    var variables = new HashMap<String, Object>();
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put("bos_token", "<s>");
    variables.put("eos_token", "</s>");
    variables.putAll(JSON.convertValue(resource("variables.json"), Map.class));
    var tests = new ArrayList<DynamicTest>();
    for (JsonNode feature : resource("features.json")) {
      String template = feature.get("template").asString();
      tests.add(dynamicTest(template, () -> check(feature, template, variables)));
    }
    assertTrue(tests.size() > 100, tests.size() + " features");
    return tests;
  }

  private static void check(JsonNode feature, String template, Map<String, Object> variables) {
    if (feature.has("refused")) {
      var refusal =
          assertThrows(
              TemplateException.class, () -> Template.parse(template).render(variables, CLOCK));
      assertTrue(
          String.valueOf(refusal.getMessage()).endsWith(feature.get("refused").asString()),
          refusal.getMessage());
    } else if (feature.has("text")) {
      Rendering rendering = Template.parse(template).render(variables, CLOCK);
      assertEquals(feature.get("text").asString(), rendering.text());
      assertEquals(feature.get("spans").size(), rendering.assistant().size());
    }
  }

  @Test
  void whatTheAssistantSaysIsFoundInJavasCharacters() {
    Rendering rendering =
        Template.parse("😀{% generation %}a😀{% endgeneration %}b").render(Map.of(), CLOCK);
    assertEquals("😀a😀b", rendering.text());
    assertEquals(List.of(new Rendering.Span(2, 5)), rendering.assistant());
  }

  @Test
  void onlyWhatJsonCanHoldReachesATemplate() {
    var refusal =
        assertThrows(
            TemplateException.class,
            () -> Template.parse("{{ x }}").render(Map.of("x", List.of(Clock.systemUTC())), CLOCK));
    assertTrue(String.valueOf(refusal.getMessage()).contains("java.time.Clock"));
    var cyclic = new ArrayList<Object>();
    cyclic.add(cyclic);
    assertThrows(
        TemplateException.class,
        () -> Template.parse("{{ x }}").render(Map.of("x", cyclic), CLOCK));
  }

  @Test
  void aTimeIsWrittenAsPythonWritesIt() {
    assertEquals(
        "2024-07-26 09:05:07 Fri Friday Jul July 208 29 30 30 2024 5 5 24 20 26 09 AM am  9  9",
        render(
            "{{ strftime_now('%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %W %V %G %u %w %y %C %e %I %p %P"
                + " %l %k') }}"));
    assertEquals(
        "26 7 _  7 FRI am 001234 || % %Q",
        render("{{ strftime_now('%-d %-m _ %_m %^a %#p %f |%z%Z| %% %Q') }}"));
  }

  @Test
  void aMacroSeesWhatStandsAroundItsDefinition() {
    assertEquals(
        "1",
        render(
            "{% set a = 1 %}{% macro m() %}{{ a }}{% endmacro %}"
                + "{% for a in [2] %}{{ m() }}{% endfor %}"));
  }
}
