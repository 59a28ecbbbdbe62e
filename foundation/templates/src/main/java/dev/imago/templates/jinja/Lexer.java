package dev.imago.templates.jinja;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
    NUMBER,
    OPERATOR,
    END
  }

  /// @param value of a string its text, of a number its value; else the text
  record Token(Kind kind, String text, Object value, int line) {}

  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ",", ":", ".", "|", ";");

  private static final Pattern FLOAT =
      Pattern.compile(
          "(?:\\d+_)*+\\d+(?:(?:\\.(?:\\d+_)*+\\d+)?[eE][+-]?(?:\\d+_)*+\\d+|\\.(?:\\d+_)*+\\d+)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");

  private final String source;
  private final Dialect dialect;
  private final List<Token> tokens = new ArrayList<>();
  private final StringEscapes escapes = new StringEscapes();
  private int at;
  private int line = 1;
  private boolean lineStarts = true;

  private Lexer(String source, Dialect dialect) {
    this.source = source;
    this.dialect = dialect;
  }

  static List<Token> tokens(String template, Dialect dialect) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    // Jinja's keep_trailing_newline is off in chat templates.
    source =
        dialect == Dialect.CHAT && source.endsWith("\n")
            ? source.substring(0, source.length() - 1)
            : source;
    var lexer = new Lexer(source, dialect);
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
      textBefore(tag, sign, kind != '{');
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

  private void textBefore(int tag, char sign, boolean isBlock) {
    String text = source.substring(at, tag);
    int lines = newlines(text);
    if (sign == '-') {
      text = Text.stripEnd(text);
    } else if (dialect == Dialect.CHAT && isBlock && sign != '+') {
      int start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || lineStarts) && Text.isBlank(text, start)) {
        text = text.substring(0, start);
      }
    }
    int first = line;
    text(text);
    line = first + lines;
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
    char sign = end > at ? source.charAt(end - 1) : ' ';
    at = end + 2;
    afterTag(sign, true);
  }

  private void block() {
    int word = skipBlanks(at);
    int tagEnd = source.startsWith("raw", word) ? skipBlanks(word + 3) : -1;
    if (tagEnd >= 0 && (source.startsWith("%}", tagEnd) || source.startsWith("-%}", tagEnd))) {
      raw(tagEnd);
      return;
    }
    add(Kind.BLOCK_BEGIN, "{%");
    expression("%}", Kind.BLOCK_END);
  }

  private int skipBlanks(int i) {
    while (i < source.length() && Text.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void raw(int tagEnd) {
    char sign = source.charAt(tagEnd);
    line += newlines(source.substring(at, tagEnd));
    at = tagEnd + (sign == '-' ? 3 : 2);
    afterTag(sign, false);
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw new TemplateException(line, "{% raw %} has no {% endraw %}");
    }
    lineStarts = source.charAt(at - 1) == '\n';
    textBefore(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
    line += newlines(end.group());
    at = end.end();
    afterTag(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  private void expression(String close, Kind closeKind) {
    Deque<String> open = new ArrayDeque<>();
    while (true) {
      int start = at;
      at = skipBlanks(at);
      line += newlines(source.substring(start, at));
      if (at >= source.length()) {
        throw new TemplateException(line, "a tag has no end " + close);
      }
      char c = source.charAt(at);
      boolean signed =
          (c == '-' || c == '+' && closeKind == Kind.BLOCK_END) && source.startsWith(close, at + 1);
      if (open.isEmpty() && (signed || source.startsWith(close, at))) {
        add(closeKind, close);
        at += close.length() + (signed ? 1 : 0);
        afterTag(signed ? c : ' ', closeKind == Kind.BLOCK_END);
        return;
      }
      if (c == '\'' || c == '"') {
        string(c);
      } else if (Character.isDigit(c)) {
        number();
      } else if (Character.isUnicodeIdentifierStart(source.codePointAt(at)) || c == '_') {
        name();
      } else {
        operator(open);
      }
    }
  }

  private void name() {
    int start = at;
    while (at < source.length()
        && Character.isUnicodeIdentifierPart(source.codePointAt(at))
        && !Character.isIdentifierIgnorable(source.codePointAt(at))) {
      at += Character.charCount(source.codePointAt(at));
    }
    add(Kind.NAME, source.substring(start, at));
  }

  private void operator(Deque<String> open) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        switch (operator) {
          case "(" -> open.push(")");
          case "[" -> open.push("]");
          case "{" -> open.push("}");
          case ")", "]", "}" -> {
            String expected = open.isEmpty() ? "nothing" : open.pop();
            if (!expected.equals(operator)) {
              throw new TemplateException(
                  line, "«" + operator + "» closes what is not open; expected is " + expected);
            }
          }
          default -> {}
        }
        add(Kind.OPERATOR, operator);
        at += operator.length();
        return;
      }
    }
    throw new TemplateException(
        line, "«" + Character.toString(source.codePointAt(at)) + "» is no Jinja");
  }

  private void number() {
    Matcher matcher = FLOAT.matcher(source).region(at, source.length());
    if (source.charAt(at - 1) != '.' && matcher.lookingAt()) {
      String text = matcher.group().replace("_", "");
      tokens.add(new Token(Kind.NUMBER, text, Double.parseDouble(text), line));
    } else {
      matcher = INTEGER.matcher(source).region(at, source.length());
      if (!matcher.lookingAt()) {
        throw new TemplateException(line, "«" + source.charAt(at) + "» is no number of Jinja");
      }
      String text = matcher.group().replace("_", "");
      tokens.add(new Token(Kind.NUMBER, text, integer(text), line));
    }
    at = matcher.end();
  }

  private Object integer(String text) {
    if (text.length() > Repr.MAX_DIGITS) {
      throw new TemplateException(
          line, "a number of %d digits; %d may be".formatted(text.length(), Repr.MAX_DIGITS));
    }
    int radix =
        text.length() < 2
            ? 10
            : switch (text.charAt(1)) {
              case 'b', 'B' -> 2;
              case 'o', 'O' -> 8;
              case 'x', 'X' -> 16;
              default -> 10;
            };
    return Arithmetic.normal(new BigInteger(radix == 10 ? text : text.substring(2), radix));
  }

  private void string(char quote) {
    int first = line;
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw new TemplateException(first, "a string has no closing " + quote);
    }
    String written = source.substring(at + 1, end);
    tokens.add(new Token(Kind.STRING, written, escapes.resolve(written, first), first));
    line += newlines(written);
    at = end + 1;
  }

  private void afterTag(char sign, boolean trimNewline) {
    int start = at;
    if (sign == '-') {
      at = skipBlanks(at);
      line += newlines(source.substring(start, at));
    } else if (dialect == Dialect.CHAT
        && trimNewline
        && sign != '+'
        && at < source.length()
        && source.charAt(at) == '\n') {
      at++;
      line++;
    }
    lineStarts = at > start && source.charAt(at - 1) == '\n';
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, text, line));
  }
}
