package dev.imago.dialogue;

import dev.imago.dialogue.CallSyntax.Channels;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a message in OpenAI's harmony, and by its channel what the message is: a thought, a
/// call, or text.
final class ChannelStage implements AnswerStage {
  private static final Pattern RECIPIENT = Pattern.compile("to=functions\\.([^\\s<]+)");
  private static final Pattern CHANNEL = Pattern.compile("<\\|channel\\|>\\s*(\\w+)");

  /// What the first head may begin with: the prompt ends with who speaks.
  private static final List<String> BEGINNINGS = List.of(Channels.CHANNEL, Channels.START, "to=");

  private final AnswerParser parser;
  private final boolean first;
  private final StringBuilder head = new StringBuilder();

  /// @param first whether the answer begins here
  ChannelStage(AnswerParser parser, boolean first) {
    this.parser = parser;
    this.first = first;
  }

  @Override
  public void take(char c) {
    head.append(c);
    if (parser.spelled(List.of(Channels.MESSAGE)).isEmpty() || !ends(Channels.MESSAGE)) {
      check();
      return;
    }
    head.setLength(head.length() - Channels.MESSAGE.length());
    message();
  }

  private boolean ends(String mark) {
    int from = head.length() - mark.length();
    return from >= 0 && head.indexOf(mark, from) == from;
  }

  /// An answer that begins with no head is text all the same.
  private void check() {
    String said = head.toString().stripLeading();
    if (first && BEGINNINGS.stream().noneMatch(b -> b.startsWith(said) || said.startsWith(b))) {
      parser.go(new MessageStage(parser, false));
      parser.again(head.toString());
    }
  }

  private void message() {
    Matcher recipient = RECIPIENT.matcher(head);
    if (recipient.find() && parser.tools().has(recipient.group(1))) {
      parser.begin(recipient.group(1));
      parser.go(
          new ArgumentsStage(
              parser, Channels.ENDS, _ -> parser.go(new ChannelStage(parser, false))));
      return;
    }
    Matcher channel = CHANNEL.matcher(head);
    parser.go(new MessageStage(parser, channel.find() && channel.group(1).equals("analysis")));
  }

  @Override
  public void mark(String spelling) {
    if (spelling.equals(Channels.MESSAGE)) {
      message();
    } else if (!Channels.ENDS.contains(spelling)) {
      head.append(spelling);
    }
  }

  @Override
  public void end(boolean cutOff) {
    if (first && head.indexOf("<|") < 0) {
      parser.parts().text(head);
    }
    parser.parts().end(true);
  }
}
