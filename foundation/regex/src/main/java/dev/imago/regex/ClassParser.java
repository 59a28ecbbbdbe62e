package dev.imago.regex;

import org.jspecify.annotations.Nullable;

/// Reads sets of characters: `[…]` with ranges, nested sets, `&&` and `[:alpha:]`, and what stands
/// after a backslash.
final class ClassParser {
  private static final int MOST_NESTED = 100;

  private final PatternReader in;
  private final PropertySets properties;
  private final LetterCase letters;

  ClassParser(PatternReader in, PropertySets properties, LetterCase letters) {
    this.in = in;
    this.properties = properties;
    this.letters = letters;
  }

  /// A set whose `[` has been read.
  RegexNode bracket(Options options) {
    boolean negative = in.take('^');
    CodeSet set = members(options, 0);
    if (!options.ignoreCase()) {
      return new RegexNode.One(negative ? set.not() : set);
    }
    return negative
        ? new RegexNode.One(letters.folds().closure(set).not())
        : letters.withSeveral(set);
  }

  private CodeSet nested(Options options, int depth) {
    if (depth > MOST_NESTED) {
      throw in.complaint("nests sets deeper than " + MOST_NESTED + "; flatten them");
    }
    boolean negative = in.take('^');
    CodeSet set = members(options, depth);
    return negative ? set.not() : set;
  }

  /// What stands between the brackets; the closing one is taken.
  private CodeSet members(Options options, int depth) {
    CodeSet all = CodeSet.ALL;
    CodeSet part = CodeSet.NONE;
    boolean first = true;
    // After a set or a range no range can start.
    boolean complete = false;
    while (true) {
      if (in.atEnd()) {
        throw in.complaint("leaves a set open; close it with ]");
      }
      if (in.peek() == ']' && !(first && closesLater())) {
        in.next();
        if (first) {
          throw in.complaint("has an empty set; put a character between [ and ]");
        }
        return all.and(part);
      }
      first = false;
      if (in.take("&&")) {
        all = all.and(part);
        part = CodeSet.NONE;
        complete = false;
        continue;
      }
      CodeSet set = set(options, depth);
      if (set != null) {
        part = part.or(set);
        complete = true;
        continue;
      }
      int from = character();
      if (from == '-' && complete && in.peek() != ']') {
        throw in.complaint("has a range that starts with a set; write \\- for the character");
      }
      if (in.peek() == '-' && in.peek(1) != ']' && !(in.peek(1) == '&' && in.peek(2) == '&')) {
        int dash = in.at();
        in.next();
        if (in.atEnd()) {
          throw in.complaint("leaves a set open; close it with ]");
        }
        if (in.peek() == '[') {
          in.back(dash);
          part = part.or(CodeSet.of(from));
          continue;
        }
        if (in.peek() == '\\' && set(options, depth) != null) {
          throw in.complaint("has a range that ends with a set; write \\- for the character");
        }
        int to = character();
        if (to < from) {
          throw in.complaint("has a range whose end comes before its start; swap them");
        }
        part = part.or(CodeSet.ofRange(from, to));
        complete = true;
        // A dash right after a range is a dash.
        if (in.peek() == '-') {
          in.next();
          part = part.or(CodeSet.of('-'));
        }
        continue;
      }
      part = part.or(CodeSet.of(from));
      complete = false;
    }
  }

  /// Whether the `]` that comes is a member, because another one closes the set.
  private boolean closesLater() {
    for (int i = 1; in.peek(i) != PatternReader.END; i++) {
      if (in.peek(i) == '\\') {
        i++;
      } else if (in.peek(i) == ']') {
        return true;
      }
    }
    return false;
  }

  /// A nested set, `[:alpha:]` or a set after a backslash; null, and nothing taken, where a
  /// character comes.
  private @Nullable CodeSet set(Options options, int depth) {
    int start = in.at();
    if (in.take("[:")) {
      CodeSet posix = posix(options);
      if (posix != null) {
        return posix;
      }
      in.back(start);
    }
    if (in.take('[')) {
      return nested(options, depth + 1);
    }
    if (in.take('\\') && !in.atEnd()) {
      CodeSet set = escapedSet(in.next(), options);
      if (set != null) {
        return set;
      }
    }
    in.back(start);
    return null;
  }

  private @Nullable CodeSet posix(Options options) {
    boolean negative = in.take('^');
    var name = new StringBuilder();
    while (in.peek() >= 'a' && in.peek() <= 'z') {
      name.append((char) in.next());
    }
    if (!in.take(":]")) {
      return null;
    }
    CodeSet set = properties.posix(name.toString());
    if (set == null) {
      throw in.complaint(
          "has [:%s:], which is not known; known are alnum, alpha, ascii, blank, cntrl, digit,"
                  .formatted(name)
              + " graph, lower, print, punct, space, upper, xdigit, word");
    }
    return signed(set, options.ascii().indexOf('P') >= 0, negative);
  }

  private static CodeSet signed(CodeSet set, boolean ascii, boolean negative) {
    CodeSet held = ascii ? set.and(CodeSet.ofRange(0, 0x7f)) : set;
    return negative ? held.not() : held;
  }

  /// The set that a letter after a backslash stands for; null where it stands for something else.
  @Nullable CodeSet escapedSet(int c, Options options) {
    return switch (c) {
      case 'w', 'W' -> signed(properties.known("word"), options.asciiOnly('W'), c == 'W');
      case 'd', 'D' -> signed(properties.known("digit"), options.asciiOnly('D'), c == 'D');
      case 's', 'S' -> signed(properties.known("space"), options.asciiOnly('S'), c == 'S');
      case 'h', 'H' -> signed(properties.known("xdigit"), false, c == 'H');
      case 'p', 'P' -> in.peek() == '{' ? property(c == 'P', options) : null;
      default -> null;
    };
  }

  /// The same outside of brackets, where words are a little more.
  @Nullable CodeSet looseSet(int c, Options options) {
    CodeSet set = escapedSet(c, options);
    if (set == null) {
      return null;
    }
    CodeSet word = properties.known("word");
    return set.equals(word)
        ? properties.looseWord()
        : set.equals(word.not()) ? properties.looseWord().not() : set;
  }

  private CodeSet property(boolean negative, Options options) {
    in.next();
    boolean circumflex = in.take('^');
    String name = in.until('}');
    if (name == null) {
      throw in.complaint("leaves \\p{ open; close it with }");
    }
    CodeSet set = properties.property(name);
    if (set == null) {
      throw in.complaint(
          "has \\p{%s}, which is not known; known are general categories (L, Nd …), scripts"
                  .formatted(PatternReader.shown(name))
              + " (Han, Latin …), blocks (InGreek …) and Alpha, Alnum, Space, Emoji …");
    }
    return signed(set, options.ascii().indexOf('P') >= 0, negative != circumflex);
  }

  /// A character in a set.
  private int character() {
    int c = in.next();
    if (c != '\\') {
      return c;
    }
    int escaped = in.next();
    return escaped == 'b' ? 8 : escapedCharacter(escaped);
  }

  /// The character that stands after a backslash, its first letter read.
  int escapedCharacter(int c) {
    return switch (c) {
      case PatternReader.END ->
          throw in.complaint("ends with a backslash; write \\\\ for the character");
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 11;
      case 'a' -> 7;
      case 'e' -> 27;
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        in.back(in.at() - 1);
        yield byteValue(in.number(8, 3));
      }
      case 'o' -> in.peek() == '{' ? braced(8, 11, c) : c;
      case 'x' -> {
        if (in.peek() == '{') {
          yield braced(16, 8, c);
        }
        if (in.atEnd()) {
          yield c;
        }
        yield byteValue(Math.max(in.number(16, 2), 0));
      }
      case 'u' -> {
        int start = in.at();
        int value = in.number(16, 4);
        if (in.at() < start + 4) {
          throw in.complaint("has \\u without its four hexadecimal digits; write \\x{…}");
        }
        yield value;
      }
      case 'c' -> control();
      case 'C', 'M' -> {
        if (c == 'M' || !in.take('-')) {
          throw in.complaint("has \\%c, which is not supported; write \\x{…}".formatted(c));
        }
        yield control();
      }
      default -> c;
    };
  }

  private int control() {
    int c = in.next();
    if (c == PatternReader.END) {
      throw in.complaint("ends within a control character; write \\x{…}");
    }
    return c == '?' ? 0x7f : c & 0x9f;
  }

  private int byteValue(int value) {
    if (value > 0x7f) {
      throw in.complaint(
          "has a byte %x, which is not a character in UTF-8; write \\x{%x}"
              .formatted(value, value));
    }
    return value;
  }

  private int braced(int base, int digits, int otherwise) {
    int start = in.at();
    in.next();
    int value = in.number(base, digits);
    if (value < 0) {
      in.back(start);
      return otherwise;
    }
    if (!in.take('}') || value > Character.MAX_CODE_POINT) {
      throw in.complaint("has a character code past 10FFFF, or not closed by }; mend it");
    }
    return value;
  }
}
