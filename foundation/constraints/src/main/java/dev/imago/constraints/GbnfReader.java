package dev.imago.constraints;

import dev.imago.constraints.TextPattern.Characters;
import dev.imago.constraints.TextPattern.Either;
import dev.imago.constraints.TextPattern.InOrder;
import dev.imago.constraints.TextPattern.Literal;
import dev.imago.constraints.TextPattern.Named;
import dev.imago.constraints.TextPattern.Repeated;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads grammars in llama.cpp's GBNF: `name ::= …` a rule, `root` the first of them; literals,
/// sets of characters, `.`, groups, `|`, `* + ? {m,n}`, comments.
final class GbnfReader {
  private static final int MOST_DEPTH = 250;

  /// Signs of repetition behind one another.
  private static final int MOST_REPEATED = 4;

  static final String ROOT = "root";

  private final String text;
  private int at;
  private int depth;
  private final Map<String, TextPattern> rules = new LinkedHashMap<>();
  private final Map<String, Integer> mentioned = new LinkedHashMap<>();

  private GbnfReader(String text) {
    this.text = text;
  }

  /// The rules by name; `root` is one of them, and each that is mentioned.
  ///
  /// @throws ConstraintException with the line
  static Map<String, TextPattern> read(String grammar, Work work) {
    work.spend(grammar.length());
    var reader = new GbnfReader(grammar);
    reader.blank(true);
    while (reader.at < grammar.length()) {
      reader.rule();
      reader.blank(true);
    }
    if (!reader.rules.containsKey(ROOT)) {
      throw new ConstraintException("the grammar has no rule «root», with which every text begins");
    }
    reader.mentioned.forEach(
        (name, place) -> {
          if (!reader.rules.containsKey(name)) {
            reader.at = place;
            throw reader.broken("a rule «%s» that is nowhere defined".formatted(name));
          }
        });
    return reader.rules;
  }

  private ConstraintException broken(String what) {
    int line = 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    int column = at - text.lastIndexOf('\n', Math.max(0, at - 1));
    return new ConstraintException(
        "line %d of the grammar has %s, at character %d"
            .formatted(line, what, Math.max(1, column)));
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean has(String token) {
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  /// Goes past blanks and comments.
  ///
  /// @param lines past ends of lines too
  private void blank(boolean lines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r')) {
        at++;
      } else if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
          at++;
        }
      } else {
        return;
      }
    }
  }

  private static boolean inName(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '_';
  }

  private String name() {
    int from = at;
    while (inName(peek())) {
      at++;
    }
    if (from == at) {
      throw broken(
          at >= text.length()
              ? "its end where a name is due"
              : "«%s» where a name is due".formatted(Character.toString(text.codePointAt(at))));
    }
    return text.substring(from, at);
  }

  private void rule() {
    int from = at;
    String name = name();
    blank(false);
    if (!has("::=")) {
      throw broken("no ::= behind the name «%s»".formatted(name));
    }
    blank(true);
    TextPattern pattern = alternatives(false);
    if (rules.put(name, pattern) != null) {
      at = from;
      throw broken("a second rule «%s»".formatted(name));
    }
    if (at < text.length() && peek() != '\n' && peek() != '\r') {
      throw broken(
          "«%s» where the rule should end".formatted(Character.toString(text.codePointAt(at))));
    }
  }

  private TextPattern alternatives(boolean nested) {
    if (++depth > MOST_DEPTH) {
      throw broken("more than %d groups inside one another".formatted(MOST_DEPTH));
    }
    List<TextPattern> parts = new ArrayList<>();
    do {
      blank(true);
      parts.add(sequence(nested));
      int before = at;
      blank(true); // a line may begin with |
      if (peek() != '|') {
        at = before;
      }
    } while (has("|"));
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Either(parts);
  }

  private TextPattern sequence(boolean nested) {
    List<TextPattern> parts = new ArrayList<>();
    while (true) {
      char c = peek();
      TextPattern part;
      if (c == '"') {
        at++;
        part = literal();
      } else if (c == '[') {
        at++;
        part = new Characters(set());
      } else if (c == '.') {
        at++;
        part = new Characters(CodeRanges.ALL);
      } else if (c == '(') {
        at++;
        blank(true);
        part = alternatives(true);
        blank(true);
        if (!has(")")) {
          throw broken("a ( without its )");
        }
      } else if (c == '<' || c == '!') {
        throw broken("a token <…>, which is not supported: write its text as a literal");
      } else if (inName(c) && at < text.length() && !beginsRule()) {
        int from = at;
        String name = name();
        mentioned.putIfAbsent(name, from);
        part = new Named(name);
      } else {
        return parts.size() == 1 ? parts.getFirst() : new InOrder(parts);
      }
      blank(nested);
      parts.add(repeated(part, nested));
    }
  }

  /// Whether what comes is the next rule: an empty one may stand before it.
  private boolean beginsRule() {
    int i = at;
    while (i < text.length() && inName(text.charAt(i))) {
      i++;
    }
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    return text.startsWith("::=", i);
  }

  private TextPattern repeated(TextPattern of, boolean nested) {
    TextPattern pattern = of;
    for (int behind = 0; ; behind++) {
      if (behind > MOST_REPEATED) {
        throw broken("more than %d repetitions of one another".formatted(MOST_REPEATED));
      }
      if (has("*")) {
        pattern = new Repeated(pattern, 0, TextPattern.ENDLESS);
      } else if (has("+")) {
        pattern = new Repeated(pattern, 1, TextPattern.ENDLESS);
      } else if (has("?")) {
        pattern = new Repeated(pattern, 0, 1);
      } else if (has("{")) {
        blank(nested);
        int least = number();
        blank(nested);
        int most = least;
        if (has(",")) {
          blank(nested);
          most = Character.isDigit(peek()) ? number() : TextPattern.ENDLESS;
          blank(nested);
        }
        if (!has("}") || most < least) {
          throw broken("a repetition that is not {m}, {m,} or {m,n} with m at most n");
        }
        pattern = new Repeated(pattern, least, most);
      } else {
        return pattern;
      }
      blank(nested);
    }
  }

  private int number() {
    int from = at;
    while (Character.isDigit(peek())) {
      at++;
    }
    if (at == from || at - from > 9) {
      throw broken("no number of 1 to 9 digits where one is due");
    }
    return Integer.parseInt(text.substring(from, at));
  }

  private TextPattern literal() {
    var found = new StringBuilder();
    while (!has("\"")) {
      if (at >= text.length()) {
        throw broken("a \" without its second");
      }
      found.appendCodePoint(character());
    }
    return new Literal(found.toString());
  }

  private CodeRanges set() {
    boolean negated = has("^");
    var found = new CodeRanges.Builder();
    while (!has("]")) {
      if (at >= text.length()) {
        throw broken("a [ without its ]");
      }
      int low = character();
      int high = low;
      if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
        at++;
        high = character();
      }
      if (high < low) {
        throw broken("a range in [] whose ends are crossed");
      }
      found.add(low, high);
    }
    CodeRanges set = found.build();
    return negated ? set.not() : set;
  }

  private int character() {
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    if (c != '\\') {
      return c;
    }
    char escaped = peek();
    at++;
    return switch (escaped) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '[', ']', '-', '^' -> escaped;
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      default -> {
        at--;
        throw broken("an unknown escape \\" + (escaped == '\0' ? "" : escaped));
      }
    };
  }

  private int hex(int digits) {
    String hex = text.substring(at, Math.min(at + digits, text.length()));
    if (hex.length() == digits && hex.matches("[0-9A-Fa-f]+")) { // a sign is none
      long value = Long.parseLong(hex, 16);
      if (value <= CodeRanges.LAST) {
        at += digits;
        return (int) value;
      }
    }
    throw broken("an escape that is no character of %d hexadecimal digits".formatted(digits));
  }
}
