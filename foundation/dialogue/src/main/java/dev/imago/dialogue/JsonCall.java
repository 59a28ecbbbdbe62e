package dev.imago.dialogue;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One call as a JSON object: `name` (`tool_name`), and `arguments` or `parameters`; other fields
/// are passed over. Arguments are given on as they come, once the name is known.
final class JsonCall {
  enum State {
    WITHIN,
    /// The object has ended.
    DONE,
    /// The character does not belong to a JSON object.
    BROKEN
  }

  private enum Place {
    KEY_OR_END,
    KEY,
    COLON,
    BEFORE_VALUE,
    VALUE
  }

  private final AnswerParser parser;
  private final boolean offeredOnly;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder early = new StringBuilder();
  private Place place = Place.KEY_OR_END;
  private String key = "";
  private JsonValueScanner value = new JsonValueScanner();
  private boolean escaped;
  private boolean named;
  private boolean argued;
  private boolean streaming;
  private boolean asText;

  /// @param offeredOnly whether a name that was not offered makes it no call at all
  JsonCall(AnswerParser parser, boolean offeredOnly) {
    this.parser = parser;
    this.offeredOnly = offeredOnly;
  }

  /// Whether its name has been read.
  boolean named() {
    return named;
  }

  /// Takes what follows the opening brace.
  State take(char c) {
    return switch (place) {
      case KEY_OR_END -> {
        if (c == '"') {
          text.setLength(0);
          place = Place.KEY;
          yield State.WITHIN;
        }
        yield c == '}' ? State.DONE : isBlank(c) || c == ',' ? State.WITHIN : State.BROKEN;
      }
      case KEY -> key(c);
      case COLON -> {
        place = c == ':' ? Place.BEFORE_VALUE : place;
        yield c == ':' || isBlank(c) ? State.WITHIN : State.BROKEN;
      }
      case BEFORE_VALUE -> {
        if (isBlank(c)) {
          yield State.WITHIN;
        }
        beginValue(c);
        yield value(c);
      }
      case VALUE -> value(c);
    };
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c);
  }

  private State key(char c) {
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      key = text.toString();
      place = Place.COLON;
      return State.WITHIN;
    }
    text.append(c);
    return State.WITHIN;
  }

  private void beginValue(char c) {
    place = Place.VALUE;
    value = new JsonValueScanner();
    text.setLength(0);
    boolean arguments = (key.equals("arguments") || key.equals("parameters")) && !argued;
    argued |= arguments;
    streaming = arguments && c == '{';
    asText = arguments && c != '{';
  }

  private State value(char c) {
    return switch (value.take(c)) {
      case WITHIN -> {
        part(c);
        yield State.WITHIN;
      }
      case LAST -> {
        part(c);
        yield endValue() ? State.WITHIN : State.BROKEN;
      }
      case AFTER -> endValue() ? take(c) : State.BROKEN;
      case BROKEN -> State.BROKEN;
    };
  }

  private void part(char c) {
    if (!streaming) {
      text.append(c);
    } else if (named) {
      parser.parts().arguments(String.valueOf(c));
    } else {
      early.append(c);
    }
  }

  /// @return false where this is no call after all
  private boolean endValue() {
    place = Place.KEY_OR_END;
    if ((key.equals("name") || key.equals("tool_name")) && !named) {
      String name = text(text.toString());
      if (name == null || name.isEmpty() || offeredOnly && !parser.tools().has(name)) {
        return false;
      }
      named = true;
      parser.begin(name);
      if (!early.isEmpty()) {
        parser.parts().arguments(early);
      }
    } else if (asText) {
      // Some models write the arguments as a string of JSON, and some null for none.
      String inner = text(text.toString());
      String arguments =
          inner == null ? text.toString().equals("null") ? "" : text.toString() : inner;
      if (named) {
        parser.parts().arguments(arguments);
      } else {
        early.append(arguments);
      }
    }
    streaming = false;
    asText = false;
    return true;
  }

  private static @Nullable String text(String json) {
    try {
      JsonNode node = JsonMapper.shared().readTree(json);
      return node.isString() ? node.stringValue() : null;
    } catch (JacksonException e) {
      return null;
    }
  }
}
