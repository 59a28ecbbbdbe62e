package dev.imago.dialogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Answers put together by chance out of what forms are made of.
class RandomAnswersTest {
  private static final List<String> PIECES =
      List.of(
          "{\"name\": \"f\"",
          ", \"arguments\": {",
          "\"a\": 1",
          "}",
          "}",
          "]",
          "[",
          "(",
          ")",
          "f",
          "g",
          "\"",
          "\\",
          "'",
          ",",
          ":",
          "=",
          " ",
          "\n",
          "{}",
          "<",
          ">",
          "a",
          "function",
          "```json\n",
          "<think>",
          "</think>",
          "<|python_tag|>",
          "analysis",
          "to=functions.f",
          "null",
          "é东");

  @Test
  void areTakenApartAlikeAtEveryCut() {
    var random = new Random(11);
    int cases = 3_000 * Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));
    for (int i = 0; i < cases; i++) {
      AnswerForm form = AnswerFuzz.FORMS.get(i % AnswerFuzz.FORMS.size());
      var pieces = new ArrayList<>(PIECES);
      for (int k = 0; k < 4; k++) {
        pieces.addAll(form.calls().marks());
      }
      var text = new StringBuilder();
      for (int k = random.nextInt(14); k >= 0; k--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      AnswerFuzz.check(
          form, text.toString(), random.nextInt(text.length() + 1), random.nextBoolean());
    }
  }
}
