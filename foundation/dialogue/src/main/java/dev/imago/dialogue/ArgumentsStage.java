package dev.imago.dialogue;

import java.util.List;
import java.util.function.Consumer;

/// The arguments of a call that has begun, as a JSON object: what stands before it and after it, up
/// to the mark that ends the call, is a fence or blanks.
final class ArgumentsStage implements AnswerStage {
  private enum Place {
    BEFORE,
    WITHIN,
    AFTER
  }

  private final AnswerParser parser;
  private final Until until;
  private final Consumer<String> then;
  private final boolean hasEnd;
  private final JsonValueScanner scanner = new JsonValueScanner();
  private Place place = Place.BEFORE;

  /// @param marks that end the call; where there are none, the object's end does
  /// @param then what is done at one; it goes to another stage
  ArgumentsStage(AnswerParser parser, List<String> marks, Consumer<String> then) {
    this.parser = parser;
    this.until = new Until(parser, marks);
    this.then = then;
    this.hasEnd = !marks.isEmpty();
  }

  @Override
  public void take(char c) {
    switch (place) {
      case BEFORE -> {
        if (c == '{') {
          place = Place.WITHIN;
          within(c);
        } else {
          outside(c);
        }
      }
      case WITHIN -> within(c);
      case AFTER -> outside(c);
    }
  }

  private void within(char c) {
    switch (scanner.take(c)) {
      case WITHIN -> parser.parts().arguments(String.valueOf(c));
      case LAST -> {
        parser.parts().arguments(String.valueOf(c));
        parser.parts().endCall();
        after();
      }
      case AFTER, BROKEN -> {
        broken();
        if (hasEnd) {
          outside(c);
        } else {
          parser.again(c);
        }
      }
    }
  }

  private void after() {
    place = Place.AFTER;
    if (!hasEnd) {
      then.accept("");
    }
  }

  private void broken() {
    parser.parts().endCall("the arguments of «%s» are no JSON".formatted(parser.parts().name()));
    after();
  }

  private void outside(char c) {
    String mark = until.take(c);
    if (mark != null) {
      ended(mark);
    }
  }

  private void ended(String mark) {
    if (place == Place.BEFORE) {
      if (until.text().isBlank()) {
        parser.parts().endCall();
      } else {
        parser.parts().arguments(until.text().strip());
        parser.parts().endCall();
      }
    }
    then.accept(mark);
  }

  @Override
  public void mark(String spelling) {
    if (place == Place.WITHIN) {
      broken();
    }
    if (until.isMark(spelling)) {
      ended(spelling);
    } else if (!hasEnd && place == Place.AFTER) {
      parser.markAgain(spelling);
    }
  }

  @Override
  public void end(boolean cutOff) {
    if (place == Place.AFTER) {
      parser.parts().end(false);
    } else {
      parser.endInCall(cutOff);
    }
  }
}
