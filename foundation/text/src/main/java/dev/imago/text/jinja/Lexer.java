package dev.imago.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens, with the blanks that `trim_blocks` and `lstrip_blocks` take away
/// already gone, as transformers sets both.
final class Lexer {
  /// What a token is.
  enum Kind {
    TEXT,
    OUTPUT_BEGIN,
    OUTPUT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  record Token(Kind kind, String text, int line) {}

  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ",", ":", ".", "|");

  private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*+(\\.\\d+)?([eE][+-]?\\d+)?");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(-?)%}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private boolean lineStarts = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    // Jinja's keep_trailing_newline is off.
    source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    var lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        text(source.substring(at));
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      String text = source.substring(at, tag);
      int lines = newlines(text);
      if (sign == '-') {
        text = text.stripTrailing();
      } else if (kind != '{' && sign != '+') {
        int start = text.lastIndexOf('\n') + 1;
        if ((start > 0 || lineStarts) && text.substring(start).isBlank()) {
          text = text.substring(0, start);
        }
      }
      text(text);
      line += lines - newlines(text);
      at = tag + 2 + (sign == '-' || sign == '+' ? 1 : 0);
      switch (kind) {
        case '#' -> comment();
        case '{' -> {
          add(Kind.OUTPUT_BEGIN, "{{");
          expression("}}", Kind.OUTPUT_END);
        }
        default -> block();
      }
    }
    add(Kind.END, "the end of the template");
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
      line += newlines(text);
    }
  }

  private static int newlines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateException(line, "a comment {# has no end #}");
    }
    line += newlines(source.substring(at, end));
    boolean strip = end > at && source.charAt(end - 1) == '-';
    boolean keep = end > at && source.charAt(end - 1) == '+';
    at = end + 2;
    afterTag(strip, !keep);
  }

  private void block() {
    int word = skipBlanks(at);
    if (source.startsWith("raw", word) && isTagEnd(skipBlanks(word + 3))) {
      raw(skipBlanks(word + 3));
      return;
    }
    add(Kind.BLOCK_BEGIN, "{%");
    expression("%}", Kind.BLOCK_END);
  }

  private boolean isTagEnd(int i) {
    return source.startsWith("%}", i) || source.startsWith("-%}", i);
  }

  private int skipBlanks(int i) {
    while (i < source.length() && Character.isWhitespace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void raw(int tagEnd) {
    boolean strip = source.charAt(tagEnd) == '-';
    at = tagEnd + (strip ? 3 : 2);
    afterTag(strip, true);
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw new TemplateException(line, "{% raw %} has no {% endraw %}");
    }
    String text = source.substring(at, end.start());
    text(end.group(1).equals("-") ? text.stripTrailing() : text);
    at = end.end();
    afterTag(end.group(2).equals("-"), true);
  }

  private void expression(String close, Kind closeKind) {
    int depth = 0;
    while (true) {
      while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
        line += source.charAt(at++) == '\n' ? 1 : 0;
      }
      if (at >= source.length()) {
        throw new TemplateException(line, "a tag has no end " + close);
      }
      char c = source.charAt(at);
      boolean signed = (c == '-' || c == '+') && source.startsWith(close, at + 1);
      if (depth == 0 && (signed || source.startsWith(close, at))) {
        add(closeKind, close);
        at += close.length() + (signed ? 1 : 0);
        afterTag(signed && c == '-', closeKind == Kind.BLOCK_END && !(signed && c == '+'));
        return;
      }
      if (c == '\'' || c == '"') {
        string(c);
      } else if (Character.isDigit(c)) {
        number();
      } else if (Character.isJavaIdentifierStart(c)) {
        int start = at;
        while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
          at++;
        }
        add(Kind.NAME, source.substring(start, at));
      } else {
        String operator =
            OPERATORS.stream()
                .filter(o -> source.startsWith(o, at))
                .findFirst()
                .orElseThrow(() -> new TemplateException(line, "«" + c + "» is no Jinja"));
        depth += "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
        add(Kind.OPERATOR, operator);
        at += operator.length();
      }
    }
  }

  private void number() {
    Matcher number = NUMBER.matcher(source).region(at, source.length());
    if (!number.lookingAt()) {
      throw new TemplateException(line, "a number is expected");
    }
    boolean isFloat = number.group(1) != null || number.group(2) != null;
    add(isFloat ? Kind.FLOAT : Kind.INTEGER, number.group().replace("_", ""));
    at = number.end();
  }

  private void string(char quote) {
    int first = line;
    var text = new StringBuilder();
    for (at++; at < source.length() && source.charAt(at) != quote; at++) {
      char c = source.charAt(at);
      line += c == '\n' ? 1 : 0;
      if (c == '\\' && at + 1 < source.length()) {
        escape(text, source.charAt(++at));
      } else {
        text.append(c);
      }
    }
    if (at >= source.length()) {
      throw new TemplateException(first, "a string has no closing " + quote);
    }
    at++;
    tokens.add(new Token(Kind.STRING, text.toString(), first));
  }

  /// Python's escapes; any other backslash stays.
  private void escape(StringBuilder text, char c) {
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case '0' -> text.append('\0');
      case '\\', '\'', '"' -> text.append(c);
      case '\n' -> line++;
      case 'x' -> hex(text, 2);
      case 'u' -> hex(text, 4);
      case 'U' -> hex(text, 8);
      default -> text.append('\\').append(c);
    }
  }

  private void hex(StringBuilder text, int digits) {
    try {
      text.appendCodePoint(Integer.parseInt(source, at + 1, at + 1 + digits, 16));
      at += digits;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new TemplateException(line, "an escape in a string wants " + digits + " hex digits");
    }
  }

  private void afterTag(boolean strip, boolean trimNewline) {
    int start = at;
    if (strip) {
      at = skipBlanks(at);
      line += newlines(source.substring(start, at));
    } else if (trimNewline && at < source.length() && source.charAt(at) == '\n') {
      at++;
      line++;
    }
    lineStarts = at > start && source.charAt(at - 1) == '\n';
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }
}
