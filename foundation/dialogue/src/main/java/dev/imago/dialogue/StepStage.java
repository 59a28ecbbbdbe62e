package dev.imago.dialogue;

import java.util.List;

/// A stage that goes from mark to mark: what stands between two is a name, a key or a value.
abstract class StepStage implements AnswerStage {
  final AnswerParser parser;
  private Until until;

  /// Whether a call has begun and not ended.
  boolean inCall;

  StepStage(AnswerParser parser, List<String> first) {
    this.parser = parser;
    this.until = new Until(parser, first);
  }

  /// What to do at a mark, given the text before it.
  abstract void step(String text, String mark);

  /// Goes on to the first of these.
  void next(String... marks) {
    until = new Until(parser, List.of(marks));
  }

  @Override
  public void take(char c) {
    String mark = until.take(c);
    if (mark != null) {
      step(until.text(), mark);
    }
  }

  @Override
  public void mark(String spelling) {
    if (until.isMark(spelling)) {
      step(until.text(), spelling);
    } else {
      spelling.chars().forEach(c -> until.take((char) c));
    }
  }

  void beginCall(String name) {
    parser.begin(name);
    inCall = true;
  }

  void endCall() {
    parser.parts().endCall();
    inCall = false;
  }

  @Override
  public void end(boolean cutOff) {
    if (inCall) {
      parser.endInCall(cutOff);
    } else {
      parser.releaseAtEnd(cutOff);
    }
  }
}
