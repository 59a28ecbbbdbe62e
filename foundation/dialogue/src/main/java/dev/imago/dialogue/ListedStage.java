package dev.imago.dialogue;

import dev.imago.dialogue.CallSyntax.Listed;
import java.util.List;

/// What follows Mistral's mark: a list of calls, or one name with its arguments.
final class ListedStage extends StepStage {
  private static final String BRACE = "{";

  private boolean begun;
  private String name = "";

  ListedStage(AnswerParser parser) {
    super(parser, List.of(Listed.ID, Listed.ARGUMENTS, BRACE));
  }

  @Override
  public void take(char c) {
    if (!begun && (c == '[' || c == '{')) {
      parser.go(new JsonCallsStage(parser, "", false));
      parser.again(c);
    } else {
      begun |= !Character.isWhitespace(c);
      super.take(c);
    }
  }

  @Override
  void step(String text, String mark) {
    name = name.isEmpty() ? text.strip() : name;
    if (mark.equals(Listed.ID)) {
      next(Listed.ARGUMENTS, BRACE);
      return;
    }
    if (name.isEmpty()) {
      parser.release("a call has no name");
      return;
    }
    parser.begin(name);
    parser.go(new ArgumentsStage(parser, List.of(), _ -> parser.closed()));
    if (mark.equals(BRACE)) {
      parser.again('{');
    }
  }
}
