package dev.imago.dialogue;

import java.util.List;

/// What the model thinks before it speaks: at the beginning of an answer, between tags.
final class ThoughtStage implements AnswerStage {
  private final AnswerParser parser;
  private final AnswerForm.Thinking tags;
  private final boolean thinking;
  private final MarkWatch close;

  /// The answer so far, while it may still be blanks and the tag.
  private final StringBuilder begun = new StringBuilder();

  private boolean inside;

  /// @param thinking whether the prompt holds the opening tag
  ThoughtStage(AnswerParser parser, AnswerForm.Thinking tags, boolean thinking) {
    this.parser = parser;
    this.tags = tags;
    this.thinking = thinking;
    this.close = new MarkWatch(parser, List.of(tags.close()));
  }

  @Override
  public void take(char c) {
    if (inside) {
      MarkWatch.Found found = close.add(c);
      parser.parts().reasoning(found.text());
      if (found.mark() != null) {
        close();
      }
      return;
    }
    begun.append(c);
    String spoken = begun.toString().stripLeading();
    boolean spelled = !parser.spelled(List.of(tags.open())).isEmpty();
    if (spelled && spoken.equals(tags.open())) {
      open();
    } else if (!spoken.isEmpty() && !(spelled && tags.open().startsWith(spoken))) {
      passed();
    }
  }

  private void open() {
    begun.setLength(0);
    parser.parts().form();
    inside = true;
  }

  /// The answer begins with no opening tag.
  private void passed() {
    String text = begun.toString();
    if (thinking) {
      open();
    } else {
      parser.go(parser.beginning());
    }
    parser.again(text);
  }

  private void close() {
    parser.parts().reasoning(close.rest());
    parser.parts().form();
    parser.go(parser.beginning());
  }

  @Override
  public void mark(String spelling) {
    if (inside) {
      if (close.isMark(spelling)) {
        close();
      }
    } else if (spelling.equals(tags.open())) {
      open();
    } else {
      passed();
      parser.markAgain(spelling);
    }
  }

  @Override
  public void end(boolean cutOff) {
    if (inside) {
      parser.parts().reasoning(close.rest());
      parser.parts().end(false);
    } else if (begun.isEmpty()) {
      parser.parts().end(false);
    } else {
      passed();
      parser.endAgain(cutOff);
    }
  }
}
