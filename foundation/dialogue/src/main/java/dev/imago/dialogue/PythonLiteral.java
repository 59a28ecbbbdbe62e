package dev.imago.dialogue;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Python's literals as JSON: texts, numbers, True, False, None, lists, tuples, dicts.
final class PythonLiteral {
  private static final int MAX_DEPTH = 200;

  private final String text;
  private int at;
  private int depth;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /// A call's keyword arguments, `a=1, b="x"`, as a JSON object.
  ///
  /// @throws IllegalArgumentException for what is no such thing
  static String keywords(String text) {
    var literal = new PythonLiteral(text);
    var members = new ArrayList<String>();
    literal.blanks();
    while (literal.at < text.length()) {
      String key = literal.name();
      literal.expect('=');
      members.add(JsonMapper.shared().writeValueAsString(key) + ": " + literal.value());
      literal.blanks();
      if (literal.at < text.length()) {
        literal.expect(',');
        literal.blanks();
      }
    }
    return "{" + String.join(", ", members) + "}";
  }

  /// One literal as JSON; empty for what is none.
  static String json(String text) {
    var literal = new PythonLiteral(text);
    try {
      String json = literal.value();
      literal.blanks();
      return literal.at < text.length() ? "" : json;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no Python literal at character " + at);
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean has(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private void expect(char c) {
    blanks();
    if (!has(c)) {
      throw wrong();
    }
    at++;
  }

  private String name() {
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (from == at) {
      throw wrong();
    }
    return text.substring(from, at);
  }

  private String value() {
    blanks();
    if (at >= text.length() || ++depth > MAX_DEPTH) {
      throw wrong();
    }
    char c = text.charAt(at);
    String json =
        switch (c) {
          case '"', '\'' -> JsonMapper.shared().writeValueAsString(string(c));
          case '[' -> "[" + String.join(", ", items(']')) + "]";
          case '(' -> "[" + String.join(", ", items(')')) + "]";
          case '{' -> "{" + String.join(", ", items('}')) + "}";
          default -> scalar();
        };
    depth--;
    return json;
  }

  private List<String> items(char close) {
    at++;
    var items = new ArrayList<String>();
    blanks();
    while (!has(close)) {
      String item = value();
      if (close == '}') {
        if (!item.startsWith("\"")) {
          throw wrong();
        }
        expect(':');
        item += ": " + value();
      }
      items.add(item);
      blanks();
      if (!has(close)) {
        expect(',');
        blanks();
      }
    }
    at++;
    return items;
  }

  private String scalar() {
    int from = at;
    while (at < text.length() && ",)]}: \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(from, at);
    return switch (word) {
      case "True", "true" -> "true";
      case "False", "false" -> "false";
      case "None", "null" -> "null";
      default -> {
        String number = word.replace("_", "");
        if (!number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) {
          throw wrong();
        }
        yield number;
      }
    };
  }

  private String string(char quote) {
    at++;
    var string = new StringBuilder();
    while (!has(quote)) {
      if (at >= text.length()) {
        throw wrong();
      }
      char c = text.charAt(at++);
      string.append(
          c == '\\' && at < text.length() ? escape(text.charAt(at++)) : String.valueOf(c));
    }
    at++;
    return string.toString();
  }

  private String escape(char c) {
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case '\\', '\'', '"', '/' -> String.valueOf(c);
      case 'x' -> code(2);
      case 'u' -> code(4);
      case 'U' -> code(8);
      default -> "\\" + c;
    };
  }

  private String code(int digits) {
    try {
      String hex = text.substring(at, at + digits);
      at += digits;
      return Character.toString(Integer.parseInt(hex, 16));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw wrong();
    }
  }
}
