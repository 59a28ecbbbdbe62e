package dev.imago.dialogue;

import java.util.List;

/// Text for the reader, until a call begins.
final class TextStage implements AnswerStage {
  private final AnswerParser parser;
  private final MarkWatch watch;

  TextStage(AnswerParser parser, List<String> openers) {
    this.parser = parser;
    this.watch = new MarkWatch(parser, openers);
  }

  @Override
  public void take(char c) {
    MarkWatch.Found found = watch.add(c);
    parser.parts().text(found.text());
    String mark = found.mark();
    if (mark != null) {
      open(mark);
    }
  }

  private void open(String mark) {
    parser.record(mark);
    parser.go(parser.opened());
  }

  @Override
  public void mark(String spelling) {
    parser.parts().text(watch.rest());
    if (watch.isMark(spelling)) {
      open(spelling);
    }
  }

  @Override
  public void end(boolean cutOff) {
    parser.parts().text(watch.rest());
    parser.parts().end(true);
  }
}
