package dev.imago.dialogue;

import dev.imago.dialogue.CallSyntax.Channels;

/// What a message of a channel says, up to its end.
final class MessageStage implements AnswerStage {
  private final AnswerParser parser;
  private final boolean thought;
  private final MarkWatch watch;

  /// @param thought whether it is the model's thoughts
  MessageStage(AnswerParser parser, boolean thought) {
    this.parser = parser;
    this.thought = thought;
    this.watch = new MarkWatch(parser, Channels.ENDS);
  }

  private void say(String text) {
    if (thought) {
      parser.parts().reasoning(text);
    } else {
      parser.parts().text(text);
    }
  }

  @Override
  public void take(char c) {
    MarkWatch.Found found = watch.add(c);
    say(found.text());
    if (found.mark() != null) {
      ended();
    }
  }

  private void ended() {
    parser.parts().form();
    parser.go(new ChannelStage(parser, false));
  }

  @Override
  public void mark(String spelling) {
    say(watch.rest());
    if (watch.isMark(spelling)) {
      ended();
    }
  }

  @Override
  public void end(boolean cutOff) {
    say(watch.rest());
    parser.parts().end(!thought);
  }
}
