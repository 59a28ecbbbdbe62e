package dev.imago.dialogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.TokenConstraint;
import dev.imago.constraints.TokenTrie;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever a model would rather say, what it is held to is a call of its form.
class FormConstraintsTest {
  private static final int END = 0;
  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(
              "place", Map.of("type", "string", "enum", List.of("Paris", "Rome")),
              "days", Map.of("type", "integer", "enum", List.of(1, 2, 3)),
              "raw", Map.of("type", "boolean"),
              "note", Map.of("type", "string")),
          "required",
          List.of("place", "days"),
          "additionalProperties",
          false);
  private static final OfferedTools TOOLS =
      new OfferedTools(
          Map.of(
              "weather",
              SCHEMA,
              "now",
              Map.of("type", "object", "properties", Map.of(), "additionalProperties", false)));

  private static Tokenizer vocabulary(List<String> special) {
    return vocabulary(special, List.of());
  }

  /// @param marks tokens of their own that are no control tokens, as Qwen's are
  private static Tokenizer vocabulary(List<String> special, List<String> marks) {
    var tokens = new ArrayList<String>();
    tokens.add("<|end_of_text|>");
    tokens.addAll(special);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    List<String> merges = List.of("Ġ {", "\" :", "i n", "e r", "Ġ \"", "} Ċ");
    merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
    tokens.addAll(marks);
    var control = new HashSet<Integer>();
    for (int id = 0; id <= special.size(); id++) {
      control.add(id);
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, merges, control);
  }

  private record Model(AnswerForm form, Tokenizer tokenizer, FormConstraints constraints) {
    static Model of(AnswerForm form, List<String> special) {
      return of(form, vocabulary(special));
    }

    static Model of(AnswerForm form, Tokenizer tokenizer) {
      TokenTrie trie = TokenTrie.of(tokenizer);
      return new Model(
          form, tokenizer, new FormConstraints(form, tokenizer, trie::constrain, Set.of(END)));
    }

    /// What a model says that draws any token that may come, until it has to end.
    Answer say(AnswerRule rule, Random random) {
      TokenConstraint.Place place = Objects.requireNonNull(constraints.of(rule)).begin(true);
      var reading = new AnswerReading(form, form.controls(tokenizer));
      AnswerParser parser = reading.parser(TOOLS, rule.thinking());
      var stream = tokenizer.stream();
      var parts = new ArrayList<AnswerPart>();
      for (int step = 0; step < 5000 && !place.over(); step++) {
        int[] forced = place.forced();
        int id = forced.length > 0 ? forced[0] : any(place.allowed(), random);
        place = place.after(id);
        parts.addAll(reading.add(parser, id, stream.add(id)));
      }
      assertTrue(place.over(), "it comes to an end: " + CutAnswers.join(parts));
      parts.addAll(parser.add(stream.finish()));
      parts.addAll(parser.end(false));
      return Answer.of(parts);
    }

    /// What ends a text is chosen often, so that texts are short.
    private int any(long[] allowed, Random random) {
      var ids = new ArrayList<Integer>();
      var ending = new ArrayList<Integer>();
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        if (IdSets.has(allowed, id)) {
          ids.add(id);
          if (List.of("\n", "<", "\"").contains(tokenizer.decode(new int[] {id}))) {
            ending.add(id);
          }
        }
      }
      List<Integer> from = !ending.isEmpty() && random.nextInt(3) == 0 ? ending : ids;
      return from.get(random.nextInt(from.size()));
    }
  }

  private static List<Model> models() {
    var models = new ArrayList<Model>();
    for (AnswerForm form : AnswerFuzz.FORMS) {
      if (form.calls() instanceof CallSyntax.None) {
        continue;
      }
      var calls = new AnswerForm(form.calls(), null);
      models.add(Model.of(calls, form.calls().marks().stream().filter(m -> !m.isEmpty()).toList()));
      if (!(form.calls() instanceof CallSyntax.Channels)) {
        models.add(Model.of(calls, List.of()));
      }
    }
    return models;
  }

  @Test
  void anAnswerIsOneCallWhoseArgumentsFitTheirSchema() {
    var random = new Random(3);
    for (Model model : models()) {
      for (int i = 0; i < 3; i++) {
        // Channels may think first: two tokens are enough of it here.
        Answer answer = model.say(new AnswerRule(TOOLS, OfferedTools.NONE, false, 2), random);
        assertEquals(1, answer.calls().size(), model.form + ": " + answer);
        Answer.Call call = answer.calls().getFirst();
        assertEquals("", call.defect(), model.form + ": " + answer);
        assertEquals("", answer.text());
        JsonNode arguments = JsonMapper.shared().readTree(call.arguments());
        if (call.name().equals("now")) {
          assertEquals("{}", arguments.toString());
        } else {
          assertEquals("weather", call.name());
          assertTrue(arguments.has("place") && arguments.has("days"), model.form + ": " + answer);
          assertTrue(Set.of("Paris", "Rome").contains(arguments.get("place").asString()));
          assertTrue(Set.of(1, 2, 3).contains(arguments.get("days").intValue()));
          assertTrue(!arguments.has("raw") || arguments.get("raw").isBoolean());
          assertTrue(!arguments.has("note") || arguments.get("note").isString());
        }
      }
    }
  }

  private static final AnswerForm QWEN3 =
      new AnswerForm(CallSyntax.TaggedJson.HERMES, new AnswerForm.Thinking("<think>", "</think>"));

  @Test
  void thoughtsComeBeforeACallAndHaveTheirBound() {
    Model model = Model.of(QWEN3, List.of("<think>", "</think>"));
    var random = new Random(4);
    boolean thought = false;
    for (int i = 0; i < 10; i++) {
      Answer answer = model.say(new AnswerRule(TOOLS, OfferedTools.NONE, i % 2 == 0, 7), random);
      assertEquals(1, answer.calls().size(), answer.toString());
      assertTrue(
          answer.reasoning().codePointCount(0, answer.reasoning().length()) <= 14,
          answer.toString());
      thought |= !answer.reasoning().isEmpty();
    }
    assertTrue(thought);
  }

  @Test
  void aBudgetIsSpentAndThenTheThoughtsEnd() {
    Model model = Model.of(QWEN3, List.of());
    TokenConstraint.Place place =
        model
            .constraints
            .of(new AnswerRule(OfferedTools.NONE, OfferedTools.NONE, true, 3))
            .begin(true);
    int letter = model.tokenizer.id("a").orElseThrow();
    for (int i = 0; i < 3; i++) {
      assertEquals(0, place.forced().length);
      assertTrue(place.mayEnd());
      place = place.after(letter);
    }
    assertFalse(place.mayEnd());
    assertEquals("</think>\n\n", model.tokenizer.decode(place.forced()));
    for (int id : place.forced()) {
      assertEquals(1, Arrays.stream(place.allowed()).map(Long::bitCount).sum());
      place = place.after(id);
    }
    assertTrue(place.mayEnd());
    assertEquals(0, place.forced().length);
    assertTrue(IdSets.has(place.allowed(), letter));
  }

  @Test
  void whereACallComesItselfItsArgumentsFitToo() {
    Model model = Model.of(QWEN3, List.of("<think>", "</think>", "<tool_call>", "</tool_call>"));
    var free = new AnswerRule(OfferedTools.NONE, TOOLS, false, -1);
    int opening = model.tokenizer.id("<tool_call>").orElseThrow();
    int closing = model.tokenizer.id("</tool_call>").orElseThrow();
    var random = new Random(5);
    for (int i = 0; i < 6; i++) {
      TokenConstraint.Place place = Objects.requireNonNull(model.constraints.of(free)).begin(true);
      var said = new ArrayList<Integer>();
      for (int id : model.tokenizer.encodeOrdinary("Hm. ")) {
        assertTrue(place.mayEnd());
        place = place.after(id);
        said.add(id);
      }
      place = place.after(opening);
      said.add(opening);
      assertFalse(IdSets.has(place.allowed(), closing));
      for (int step = 0; step < 5000 && said.getLast() != closing; step++) {
        assertFalse(place.mayEnd());
        int[] forced = place.forced();
        int id = forced.length > 0 ? forced[0] : model.any(place.allowed(), random);
        place = place.after(id);
        said.add(id);
      }
      assertTrue(place.mayEnd());
      assertTrue(IdSets.has(place.after(opening).allowed(), place.after(opening).forced()[0]));
      AnswerParser parser =
          new AnswerReading(QWEN3, QWEN3.controls(model.tokenizer)).parser(TOOLS, false);
      var reading = new AnswerReading(QWEN3, QWEN3.controls(model.tokenizer));
      var stream = model.tokenizer.stream();
      var parts = new ArrayList<AnswerPart>();
      said.forEach(id -> parts.addAll(reading.add(parser, id, stream.add(id))));
      parts.addAll(parser.end(false));
      Answer answer = Answer.of(parts);
      assertEquals(1, answer.calls().size(), answer.toString());
      assertEquals("", answer.calls().getFirst().defect(), answer.toString());
      assertEquals("Hm.", answer.text().strip());
    }
    Model bare = Model.of(new AnswerForm(CallSyntax.TaggedJson.HERMES, null), List.of());
    assertThrows(ConstraintException.class, () -> bare.constraints.of(free));
  }

  /// Qwen's marks are tokens, but no control tokens: other tokens might spell them, and what they
  /// open would be read as a call that nothing holds.
  @Test
  void noTextSpellsWhatCallsBeginWith() {
    Model model =
        Model.of(
            new AnswerForm(CallSyntax.TaggedJson.HERMES, null),
            vocabulary(List.of(), List.of("<tool_call>", "</tool_call>", "l>", "x<tool_call>y")));
    var free = new AnswerRule(OfferedTools.NONE, TOOLS, false, -1);
    TokenConstraint.Place begun = Objects.requireNonNull(model.constraints.of(free)).begin(true);
    int opening = model.tokenizer.id("<tool_call>").orElseThrow();
    int end = model.tokenizer.id(">").orElseThrow();
    int both = model.tokenizer.id("l>").orElseThrow();
    assertFalse(
        IdSets.has(begun.allowed(), model.tokenizer.id("x<tool_call>y").orElseThrow()), "whole");
    assertTrue(IdSets.has(begun.allowed(), opening));
    TokenConstraint.Place place = begun;
    for (char c : "a<tool_<tool_cal".toCharArray()) {
      place = place.after(model.tokenizer.id(String.valueOf(c)).orElseThrow());
    }
    assertFalse(IdSets.has(place.allowed(), both));
    assertTrue(IdSets.has(place.allowed(), end));
    TokenConstraint.Place almost = place.after(model.tokenizer.id("l").orElseThrow());
    assertFalse(IdSets.has(almost.allowed(), end));
    assertThrows(IllegalArgumentException.class, () -> almost.after(end));
    assertTrue(IdSets.has(almost.allowed(), opening));
    assertTrue(IdSets.has(almost.after(model.tokenizer.id("x").orElseThrow()).allowed(), end));
    assertFalse(almost.after(opening).mayEnd());
  }

  @Test
  void whatCannotBeHeldToIsRefusedByName() {
    Model coder = Model.of(new AnswerForm(CallSyntax.Elements.QWEN, null), List.of());
    var schema =
        Map.of(
            "type", "object", "properties", Map.of("a", Map.of("type", "string", "pattern", "x+")));
    var error =
        assertThrows(
            ConstraintException.class,
            () ->
                coder.constraints.of(
                    new AnswerRule(
                        new OfferedTools(Map.of("f", schema)), OfferedTools.NONE, false, -1)));
    assertTrue(String.valueOf(error.getMessage()).contains("pattern"), error.getMessage());
    Model plain = Model.of(AnswerForm.PLAIN, List.of());
    assertThrows(
        ConstraintException.class,
        () -> plain.constraints.of(new AnswerRule(TOOLS, OfferedTools.NONE, false, -1)));
    assertNull(
        coder.constraints.of(new AnswerRule(OfferedTools.NONE, OfferedTools.NONE, false, -1)));
  }
}
