package dev.imago.constraints;

import dev.imago.constraints.TextPattern.Characters;
import dev.imago.constraints.TextPattern.Edge;
import dev.imago.constraints.TextPattern.Either;
import dev.imago.constraints.TextPattern.InOrder;
import dev.imago.constraints.TextPattern.Literal;
import dev.imago.constraints.TextPattern.Repeated;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Reads regular expressions: ECMA-262's with its `u` flag, as JSON Schema has them, without what
/// is no regular language. `\d`, `\w` are ASCII, `\s` every white space, `.` all but line ends;
/// groups of every kind, `(?i:…)` left out; `\p{…}` by Java's names of properties, which have
/// ECMA's. Look-around, back references and `\b` are refused by name.
final class RegexReader {
  private static final int MOST_DEPTH = 250;
  static final CodeRanges DIGITS = CodeRanges.of('0', '9');
  static final CodeRanges WORD =
      new CodeRanges.Builder().add('0', '9').add('A', 'Z').add('_', '_').add('a', 'z').build();
  static final CodeRanges SPACE =
      CodeRanges.where(
          c ->
              c >= 9 && c <= 13
                  || c == 0x20
                  || c == 0xa0
                  || c == 0xfeff
                  || c == 0x2028
                  || c == 0x2029
                  || Character.getType(c) == Character.SPACE_SEPARATOR);
  private static final CodeRanges LINE_ENDS =
      new CodeRanges.Builder().add('\n', '\n').add('\r', '\r').add(0x2028, 0x2029).build();

  private final String text;
  private final Work work;
  private int at;
  private int depth;

  private RegexReader(String text, Work work) {
    this.text = text;
    this.work = work;
  }

  /// @throws ConstraintException with the place
  static TextPattern read(String regex, Work work) {
    work.spend(regex.length());
    var reader = new RegexReader(regex, work);
    TextPattern pattern = reader.alternatives();
    if (reader.at < regex.length()) {
      throw reader.broken("a ) without its (");
    }
    return pattern;
  }

  private ConstraintException broken(String what) {
    return new ConstraintException(
        "the regular expression «%s» has %s, at character %d"
            .formatted(text.length() > 80 ? text.substring(0, 80) + "…" : text, what, at));
  }

  private ConstraintException unsupported(String what) {
    return broken(what + ", which is not supported here");
  }

  private boolean has(String token) {
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private int next() {
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private TextPattern alternatives() {
    if (++depth > MOST_DEPTH) {
      throw broken("more than %d groups inside one another".formatted(MOST_DEPTH));
    }
    List<TextPattern> parts = new ArrayList<>();
    do {
      parts.add(sequence());
    } while (has("|"));
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Either(parts);
  }

  private TextPattern sequence() {
    List<TextPattern> parts = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      parts.add(repeated(atom()));
    }
    return parts.size() == 1 ? parts.getFirst() : new InOrder(parts);
  }

  private TextPattern atom() {
    int from = at;
    int c = next();
    return switch (c) {
      case '(' -> group();
      case '[' -> new Characters(set());
      case '.' -> new Characters(LINE_ENDS.not());
      case '^' -> new Edge(false);
      case '$' -> new Edge(true);
      case '\\' -> escape();
      case '*', '+', '?' -> {
        at = from;
        throw broken("a %s that repeats nothing".formatted(Character.toString(c)));
      }
      default -> new Literal(Character.toString(c));
    };
  }

  private TextPattern group() {
    if (has("?")) {
      if (has("=") || has("!") || has("<=") || has("<!")) {
        throw unsupported("a look-around");
      }
      if (has("<") || has("P<")) {
        int end = text.indexOf('>', at);
        if (end < 0) {
          throw broken("a group's name without its >");
        }
        at = end + 1;
      } else if (!has(":")) {
        throw unsupported("a group of another kind than (?:…) and (?<name>…)");
      }
    }
    TextPattern inside = alternatives();
    if (!has(")")) {
      throw broken("a ( without its )");
    }
    return inside;
  }

  private TextPattern repeated(TextPattern of) {
    TextPattern pattern = of;
    for (int behind = 0; ; behind++) {
      int least;
      int most;
      if (has("*")) {
        least = 0;
        most = TextPattern.ENDLESS;
      } else if (has("+")) {
        least = 1;
        most = TextPattern.ENDLESS;
      } else if (has("?")) {
        least = 0;
        most = 1;
      } else if (at < text.length() && text.charAt(at) == '{' && counted()) {
        at++;
        least = number();
        most = !has(",") ? least : text.charAt(at) == '}' ? TextPattern.ENDLESS : number();
        if (!has("}") || most < least) {
          throw broken("a repetition {%d,%d} whose bounds are crossed".formatted(least, most));
        }
      } else {
        return pattern;
      }
      if (pattern instanceof Edge) {
        throw broken("a repeated ^ or $");
      }
      if (behind > 0) {
        throw broken("a repetition of a repetition without (?:…) around the first");
      }
      pattern = new Repeated(pattern, least, most);
      if (has("?")) {
        continue; // the same texts, whichever is found first
      }
      if (has("+")) {
        throw unsupported("a possessive repetition");
      }
    }
  }

  private boolean counted() {
    int digits = pastDigits(at + 1);
    boolean comma = digits < text.length() && text.charAt(digits) == ',';
    int end = comma ? pastDigits(digits + 1) : digits;
    return digits > at + 1 && end < text.length() && text.charAt(end) == '}';
  }

  private int pastDigits(int from) {
    int to = from;
    while (to < text.length() && text.charAt(to) >= '0' && text.charAt(to) <= '9') {
      to++;
    }
    return to;
  }

  private int number() {
    int from = at;
    at = pastDigits(at);
    if (at - from > 9) {
      throw broken("a repetition of more than 9 digits");
    }
    return Integer.parseInt(text.substring(from, at));
  }

  private TextPattern escape() {
    if (at >= text.length()) {
      throw broken("a \\ at its end");
    }
    char c = text.charAt(at);
    if (c >= '1' && c <= '9' || c == 'k') {
      throw unsupported("a back reference");
    }
    if (c == 'b' || c == 'B') {
      throw unsupported("a word boundary \\" + c);
    }
    if (c == 'A' || c == 'z' || c == 'Z' || c == 'G') {
      throw unsupported("\\" + c);
    }
    return new Characters(escaped());
  }

  /// What stands behind a backslash, as a set.
  private CodeRanges escaped() {
    int c = next();
    return switch (c) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.not();
      case 'w' -> WORD;
      case 'W' -> WORD.not();
      case 's' -> SPACE;
      case 'S' -> SPACE.not();
      case 'p' -> property();
      case 'P' -> property().not();
      case 'n' -> one('\n');
      case 'r' -> one('\r');
      case 't' -> one('\t');
      case 'f' -> one('\f');
      case 'v' -> one(0x0b);
      case '0' -> one(0);
      case 'c' -> one(at < text.length() ? next() & 31 : 0);
      case 'x' -> one(hex(2));
      case 'u' -> one(unicode());
      default -> {
        if (c < 128 && Character.isLetterOrDigit(c)) {
          at--;
          throw broken("an unknown \\" + Character.toString(c));
        }
        yield one(c);
      }
    };
  }

  private static CodeRanges one(int c) {
    return CodeRanges.of(c, c);
  }

  private int unicode() {
    if (has("{")) {
      int end = text.indexOf('}', at);
      if (end < 0 || end - at > 6 || end == at) {
        throw broken("a \\u{…} that is no character");
      }
      int c = hex(end - at);
      if (c > CodeRanges.LAST) {
        throw broken("a \\u{…} that is no character");
      }
      at++;
      return c;
    }
    int c = hex(4);
    if (Character.isHighSurrogate((char) c) && text.startsWith("\\u", at)) {
      int before = at;
      at += 2;
      int low = hex(4);
      if (Character.isLowSurrogate((char) low)) {
        return Character.toCodePoint((char) c, (char) low);
      }
      at = before;
    }
    return c;
  }

  private int hex(int digits) {
    if (at + digits > text.length()) {
      throw broken("an escape of too few digits");
    }
    String hex = text.substring(at, at + digits);
    if (!hex.matches("[0-9A-Fa-f]+")) { // a sign is none
      throw broken("an escape that is no hexadecimal number");
    }
    at += digits;
    return Integer.parseInt(hex, 16);
  }

  private CodeRanges property() {
    int end = has("{") ? text.indexOf('}', at) : -1;
    if (end < 0) {
      throw broken("a \\p without its {…}");
    }
    String name = text.substring(at, end);
    at = end + 1;
    String value =
        name.startsWith("gc=") || name.startsWith("General_Category=")
            ? name.substring(name.indexOf('=') + 1)
            : name;
    String known =
        switch (value) {
          case "Letter" -> "L";
          case "Lowercase_Letter" -> "Ll";
          case "Uppercase_Letter" -> "Lu";
          case "Mark" -> "M";
          case "Number" -> "N";
          case "Decimal_Number", "digit" -> "Nd";
          case "Punctuation", "punct" -> "P";
          case "Symbol" -> "S";
          case "Separator" -> "Z";
          case "Space_Separator" -> "Zs";
          case "Other" -> "C";
          case "Control", "cntrl" -> "Cc";
          default -> value;
        };
    for (String spelt : List.of("\\p{" + known + "}", "\\p{Is" + known + "}")) {
      try {
        Pattern runs = Pattern.compile(spelt + "+");
        return work.set(spelt, () -> matching(runs));
      } catch (PatternSyntaxException e) {
        // The other spelling, then.
      }
    }
    throw broken("an unknown property \\p{%s}".formatted(name));
  }

  /// The characters of which all matches are made.
  private static CodeRanges matching(Pattern runs) {
    var all = new StringBuilder(2 * CodeRanges.LAST);
    for (int c = 0; c <= CodeRanges.LAST; c++) {
      if (CodeRanges.ALL.contains(c)) {
        all.appendCodePoint(c);
      }
    }
    var found = new CodeRanges.Builder();
    var matcher = runs.matcher(all);
    while (matcher.find()) {
      found.add(all.codePointAt(matcher.start()), all.codePointBefore(matcher.end()));
    }
    return found.build();
  }

  private CodeRanges set() {
    boolean negated = has("^");
    var found = new CodeRanges.Builder();
    while (true) {
      if (at >= text.length()) {
        throw broken("a [ without its ]");
      }
      if (has("]")) {
        CodeRanges set = found.build();
        return negated ? set.not() : set;
      }
      if (text.startsWith("[:", at) || text.startsWith("&&", at)) {
        throw unsupported("a set of another dialect");
      }
      CodeRanges low = member();
      boolean single = low.size() == 1 && low.first(0) == low.last(0);
      if (single
          && at + 1 < text.length()
          && text.charAt(at) == '-'
          && text.charAt(at + 1) != ']') {
        at++;
        CodeRanges high = member();
        if (high.size() != 1 || high.first(0) != high.last(0) || high.first(0) < low.first(0)) {
          throw broken("a range in [] whose ends are crossed or no characters");
        }
        found.add(low.first(0), high.first(0));
      } else {
        found.add(low);
      }
    }
  }

  private CodeRanges member() {
    if (has("\\")) {
      if (at >= text.length()) {
        throw broken("a \\ at its end");
      }
      if (has("b")) {
        return one('\b');
      }
      return escaped();
    }
    return one(next());
  }
}
