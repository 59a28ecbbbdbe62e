package dev.imago.dialogue;

import dev.imago.dialogue.CallSyntax.KeysAndValues;
import java.util.List;

/// One call between tags, its name first, then keys and values by turns.
final class KeysAndValuesStage extends StepStage {
  private String awaited = KeysAndValues.OPEN;
  private String key = "";
  private boolean first = true;

  KeysAndValuesStage(AnswerParser parser) {
    super(parser, List.of(KeysAndValues.KEY, KeysAndValues.CLOSE));
  }

  @Override
  void step(String text, String mark) {
    if (awaited.equals(KeysAndValues.OPEN)) {
      String name = text.strip();
      if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
        parser.release("a call has no name");
        return;
      }
      beginCall(name);
      parser.parts().arguments("{");
    }
    switch (mark) {
      case KeysAndValues.KEY -> await(KeysAndValues.KEY_END);
      case KeysAndValues.KEY_END -> {
        key = text.strip();
        await(KeysAndValues.VALUE);
      }
      case KeysAndValues.VALUE -> await(KeysAndValues.VALUE_END);
      case KeysAndValues.VALUE_END -> {
        parser
            .parts()
            .arguments(
                (first ? "" : ", ")
                    + ArgumentValue.member(
                        key, text, parser.tools().types(parser.parts().name(), key)));
        first = false;
        awaited = KeysAndValues.KEY;
        next(KeysAndValues.KEY, KeysAndValues.CLOSE);
      }
      default -> {
        parser.parts().arguments("}");
        endCall();
        parser.closed();
      }
    }
  }

  private void await(String mark) {
    awaited = mark;
    next(mark);
  }
}
