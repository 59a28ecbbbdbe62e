package dev.imago.dialogue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// An answer read whole, cut at every place, and character by character.
final class CutAnswers {
  private CutAnswers() {}

  static Answer whole(AnswerForm form, OfferedTools tools, String text, boolean cutOff) {
    var parser = new AnswerParser(form, tools, Set.of(), false);
    return Answer.of(parser.add(text), parser.end(cutOff));
  }

  /// The answer, after it was found the same at every cut.
  static Answer atEveryCut(AnswerForm form, OfferedTools tools, String text, boolean cutOff) {
    List<AnswerPart> expected = joined(form, tools, List.of(text), cutOff);
    for (int at = 0; at <= text.length(); at++) {
      assertEquals(
          expected,
          joined(form, tools, List.of(text.substring(0, at), text.substring(at)), cutOff),
          text.substring(0, at) + "│" + text.substring(at));
    }
    assertEquals(expected, joined(form, tools, List.of(text.split("")), cutOff), text);
    return Answer.of(expected);
  }

  /// The parts, those that belong together made one.
  static List<AnswerPart> joined(
      AnswerForm form, OfferedTools tools, List<String> pieces, boolean cutOff) {
    var parser = new AnswerParser(form, tools, Set.of(), false);
    var all = new ArrayList<AnswerPart>();
    pieces.forEach(piece -> all.addAll(parser.add(piece)));
    all.addAll(parser.end(cutOff));
    return join(all);
  }

  static List<AnswerPart> join(List<AnswerPart> parts) {
    var joined = new ArrayList<AnswerPart>();
    for (AnswerPart part : parts) {
      AnswerPart last = joined.isEmpty() ? null : joined.getLast();
      AnswerPart one =
          switch (part) {
            case AnswerPart.Text(String b) when last instanceof AnswerPart.Text(String a) ->
                new AnswerPart.Text(a + b);
            case AnswerPart.Reasoning(String b)
                when last instanceof AnswerPart.Reasoning(String a) ->
                new AnswerPart.Reasoning(a + b);
            case AnswerPart.Arguments(int call, String b)
                when last instanceof AnswerPart.Arguments(int same, String a) && same == call ->
                new AnswerPart.Arguments(call, a + b);
            default -> null;
          };
      if (one == null) {
        joined.add(part);
      } else {
        joined.set(joined.size() - 1, one);
      }
    }
    return joined;
  }
}
