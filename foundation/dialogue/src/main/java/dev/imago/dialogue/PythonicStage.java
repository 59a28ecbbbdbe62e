package dev.imago.dialogue;

import java.util.List;

/// A list of calls as Python writes them.
final class PythonicStage implements AnswerStage {
  private enum Place {
    LIST,
    NAME,
    ARGUMENTS,
    BETWEEN,
    CLOSING
  }

  private final AnswerParser parser;
  private final String close;
  private final boolean offeredOnly;
  private final StringBuilder text = new StringBuilder();
  private Place place = Place.LIST;
  private int depth;
  private char quote;
  private boolean escaped;

  /// @param close what follows the list; empty where nothing does
  /// @param offeredOnly whether the name of a tool that was not offered makes it text
  PythonicStage(AnswerParser parser, String close, boolean offeredOnly) {
    this.parser = parser;
    this.close = close;
    this.offeredOnly = offeredOnly;
  }

  @Override
  public void take(char c) {
    switch (place) {
      case LIST -> {
        if (c == '[') {
          name();
        } else if (!Character.isWhitespace(c)) {
          parser.release(offeredOnly ? "" : "a call is no list");
        }
      }
      case NAME -> name(c);
      case ARGUMENTS -> argument(c);
      case BETWEEN -> between(c);
      case CLOSING -> closing(c);
    }
  }

  private void name() {
    place = Place.NAME;
    text.setLength(0);
  }

  private void name(char c) {
    if (c == '(') {
      String name = text.toString().strip();
      if (name.isEmpty() || offeredOnly && !parser.tools().has(name)) {
        parser.release(offeredOnly ? "" : "a call has no name");
        return;
      }
      parser.begin(name);
      place = Place.ARGUMENTS;
      text.setLength(0);
      depth = 0;
      quote = 0;
    } else if (Character.isLetterOrDigit(c)
        || "_.-".indexOf(c) >= 0
        || text.isEmpty() && c == ' ') {
      text.append(c);
    } else {
      parser.release(offeredOnly ? "" : "a call has no name");
    }
  }

  private void argument(char c) {
    if (quote != 0) {
      quote = c == quote && !escaped ? 0 : quote;
      escaped = c == '\\' && !escaped;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if ("([{".indexOf(c) >= 0) {
      depth++;
    } else if (")]}".indexOf(c) >= 0 && depth-- == 0) {
      ended();
      return;
    }
    text.append(c);
  }

  private void ended() {
    try {
      parser.parts().arguments(PythonLiteral.keywords(text.toString()));
    } catch (IllegalArgumentException e) {
      parser.parts().arguments(text);
    }
    parser.parts().endCall();
    place = Place.BETWEEN;
  }

  private void between(char c) {
    if (c == ',') {
      parser.record(",");
      name();
    } else if (c == ']') {
      place = Place.CLOSING;
      if (close.isEmpty()) {
        parser.closed();
      }
    } else if (!Character.isWhitespace(c)) {
      parser.closed();
      parser.again(c);
    }
    text.setLength(0);
  }

  private void closing(char c) {
    if (text.isEmpty() && Character.isWhitespace(c)) {
      return;
    }
    text.append(c);
    boolean spelled = !parser.spelled(List.of(close)).isEmpty();
    if (spelled && close.equals(text.toString())) {
      parser.closed();
    } else if (!spelled || !close.startsWith(text.toString())) {
      String odd = text.toString();
      parser.closed();
      parser.again(odd);
    }
  }

  @Override
  public void mark(String spelling) {
    if (place == Place.ARGUMENTS) {
      parser.parts().arguments(text);
      parser.parts().endCall("the call of «%s» was not finished".formatted(parser.parts().name()));
      parser.closed();
    } else if (place == Place.LIST || place == Place.NAME) {
      parser.release("a call was not finished");
    } else {
      parser.closed();
    }
  }

  @Override
  public void end(boolean cutOff) {
    switch (place) {
      case LIST, NAME -> parser.releaseAtEnd(cutOff);
      case ARGUMENTS -> {
        parser.parts().arguments(text);
        parser.endInCall(cutOff);
      }
      case BETWEEN, CLOSING -> parser.parts().end(false);
    }
  }
}
