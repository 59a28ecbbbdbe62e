package dev.imago.dialogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Calls as JSON objects, one or several, in a list or with `;` or nothing between them.
final class JsonCallsStage implements AnswerStage {
  private final AnswerParser parser;
  private final String close;
  private final boolean offeredOnly;
  private final boolean closeIsText;
  private @Nullable JsonCall call;
  private final StringBuilder odd = new StringBuilder();
  private boolean inList;
  private boolean any;

  /// @param close what ends them; empty where the end of the list or of the answer does
  /// @param offeredOnly whether an object that names no offered tool is text
  JsonCallsStage(AnswerParser parser, String close, boolean offeredOnly) {
    this.parser = parser;
    this.close = close;
    this.offeredOnly = offeredOnly;
    this.closeIsText = !parser.spelled(List.of(close)).isEmpty();
  }

  @Override
  public void take(char c) {
    JsonCall current = call;
    if (current == null) {
      between(c);
      return;
    }
    switch (current.take(c)) {
      case WITHIN -> {}
      case DONE -> {
        if (current.named()) {
          parser.parts().endCall();
          any = true;
          call = null;
        } else {
          parser.release(offeredOnly ? "" : "a call has no name");
        }
      }
      case BROKEN -> broken(current, c);
    }
  }

  private void broken(JsonCall current, char c) {
    if (!current.named()) {
      parser.release(offeredOnly ? "" : "a call is no JSON");
      return;
    }
    parser.parts().endCall("the call of «%s» is no JSON".formatted(parser.parts().name()));
    any = true;
    call = null;
    between(c);
  }

  private void between(char c) {
    if (!odd.isEmpty()
        || !(Character.isWhitespace(c) || c == ',' || c == ';' || c == '[' || c == ']')) {
      odd(c);
    } else if (c == '[') {
      inList = true;
    } else if (c == ']' && inList && close.isEmpty()) {
      parser.closed();
    }
  }

  private void odd(char c) {
    if (c == '{' && odd.isEmpty()) {
      call = new JsonCall(parser, offeredOnly);
      if (any) {
        parser.record("{");
      }
      return;
    }
    if (close.isEmpty() && any) {
      parser.closed();
      parser.again(c);
      return;
    }
    odd.append(c);
    if (closeIsText && odd.toString().equals(close)) {
      close();
    } else if (!closeIsText || !close.startsWith(odd.toString())) {
      if (any) {
        odd.setLength(0); // what is wrong between a call and its end changes neither
      } else {
        parser.release(offeredOnly ? "" : "a call is no JSON");
      }
    }
  }

  private void close() {
    if (any) {
      parser.closed();
    } else {
      parser.release("a call is empty");
    }
  }

  @Override
  public void mark(String spelling) {
    JsonCall current = call;
    if (current != null && current.named()) {
      parser.parts().endCall("the call of «%s» is no JSON".formatted(parser.parts().name()));
      any = true;
      call = null;
    } else if (current != null) {
      parser.release("a call is no JSON");
      return;
    }
    if (spelling.equals(close)) {
      close();
    } else if (any) {
      parser.closed();
      parser.markAgain(spelling);
    } else {
      parser.release("a call is no JSON");
    }
  }

  @Override
  public void end(boolean cutOff) {
    JsonCall current = call;
    if (current != null && current.named()) {
      parser.endInCall(cutOff);
    } else if (current != null || !any) {
      parser.releaseAtEnd(cutOff);
    } else {
      parser.parts().end(false);
    }
  }
}
