// Past 400 lines: one grammar by recursive descent, a method for each construct.
package dev.imago.regex;

import dev.imago.regex.RegexNode.Greed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a pattern in Oniguruma's own syntax, version 6.9, as Hugging Face tokenizers sets it.
///
/// Not read, with a complaint: calls of groups, conditions, absent operators, callouts.
final class RegexParser {
  private static final int MOST_REPEATS = 100_000;
  private static final int MOST_NESTED = 250;

  private final PatternReader in;
  private final PropertySets properties = new PropertySets();
  private final ClassParser classes;
  private final LetterCase letters;
  private final Map<String, List<Integer>> names = new HashMap<>();
  private final boolean named;
  private final int groupsInAll;
  private int groups;
  private int nested;

  /// The character that was read last.
  private int plain;

  private RegexParser(String pattern) {
    in = new PatternReader(pattern);
    letters = new LetterCase();
    classes = new ClassParser(in, properties, letters);
    GroupCount counted = GroupCount.of(pattern);
    named = counted.named() > 0;
    groupsInAll = named ? counted.named() : counted.plain();
  }

  /// A parsed pattern and what its compiler must know.
  record Parsed(RegexNode node, int groups, CodeSet word) {}

  static Parsed parse(String pattern) {
    var parser = new RegexParser(pattern);
    RegexNode node = parser.alternatives(Options.NONE);
    if (!parser.in.atEnd()) {
      parser.in.next();
      throw parser.in.complaint("closes a group that it never opened; write \\) for the character");
    }
    return new Parsed(node, parser.groups, parser.properties.looseWord());
  }

  /// Branches up to a closing parenthesis or the end.
  private RegexNode alternatives(Options options) {
    if (++nested > MOST_NESTED) {
      throw in.complaint("nests groups deeper than " + MOST_NESTED + "; flatten them");
    }
    var branches = new ArrayList<RegexNode>();
    var parts = new ArrayList<RegexNode>();
    var run = new ArrayList<Integer>();
    while (!in.atEnd() && in.peek() != ')') {
      if (in.take('|')) {
        letters.flush(run, options.ignoreCase(), parts);
        branches.add(new RegexNode.Seq(parts));
        parts = new ArrayList<>();
        continue;
      }
      if (skipped(options)) {
        continue;
      }
      Options changed = isolatedOptions(options);
      if (changed != null) {
        // They hold to the end of the group, over its further branches too.
        letters.flush(run, options.ignoreCase(), parts);
        parts.add(alternatives(changed));
        continue;
      }
      RegexNode atom = atom(options);
      if (atom == null && !quantified(options)) {
        run.add(plain);
      } else if (atom == null) {
        // Only the last of a row of characters is repeated.
        int last = plain;
        letters.flush(run, options.ignoreCase(), parts);
        parts.add(quantify(letters.one(last, options.ignoreCase()), options));
      } else {
        letters.flush(run, options.ignoreCase(), parts);
        parts.add(quantify(atom, options));
      }
    }
    letters.flush(run, options.ignoreCase(), parts);
    branches.add(new RegexNode.Seq(parts));
    nested--;
    return branches.size() == 1 ? branches.getFirst() : new RegexNode.Alt(branches);
  }

  /// Skips a comment, and in extended form blanks and what follows a `#`; whether there was any.
  private boolean skipped(Options options) {
    if (in.take("(?#")) {
      while (!in.take(')')) {
        if (in.atEnd()) {
          throw in.complaint("leaves a comment open; close it with )");
        }
        if (in.next() == '\\') {
          in.next();
        }
      }
      return true;
    }
    if (!options.extended()) {
      return false;
    }
    int c = in.peek();
    if (c == '#') {
      while (!in.atEnd() && in.next() != '\n') {}
      return true;
    }
    if (c == ' ' || c >= 9 && c <= 13) {
      in.next();
      return true;
    }
    return false;
  }

  /// `(?i)` and its like; null, and nothing taken, where something else comes.
  private @Nullable Options isolatedOptions(Options options) {
    int start = in.at();
    if (in.take("(?")) {
      Options changed = optionLetters(options);
      if (changed != null && in.take(')')) {
        return changed;
      }
    }
    in.back(start);
    return null;
  }

  /// The letters between `(?` and `:` or `)`; null where there are others.
  private @Nullable Options optionLetters(Options options) {
    boolean ignoreCase = options.ignoreCase();
    boolean dotAll = options.dotAll();
    boolean extended = options.extended();
    String ascii = options.ascii();
    boolean on = true;
    while (true) {
      switch (in.peek()) {
        case '-' -> on = false;
        case 'i' -> ignoreCase = on;
        case 'm' -> dotAll = on;
        case 'x' -> extended = on;
        case 'W', 'D', 'S', 'P' -> {
          String kind = Character.toString(in.peek());
          ascii = ascii.replace(kind, "") + (on ? kind : "");
        }
        case ':', ')' -> {
          return new Options(ignoreCase, dotAll, extended, ascii);
        }
        default -> {
          return null;
        }
      }
      in.next();
    }
  }

  /// One thing that may be repeated; null where it is a character, in `plain`.
  private @Nullable RegexNode atom(Options options) {
    int c = in.next();
    return switch (c) {
      case '(' -> group(options);
      case '[' -> classes.bracket(options);
      case '.' -> new RegexNode.One(options.dotAll() ? CodeSet.ALL : CodeSet.of('\n').not());
      case '^' -> RegexNode.Place.LINE_START;
      case '$' -> RegexNode.Place.LINE_END;
      case '\\' -> escape(options);
      case '*', '+', '?' ->
          throw in.complaint(
              "has nothing that %c could repeat; write \\%c for the character".formatted(c, c));
      default -> {
        plain = c;
        yield null;
      }
    };
  }

  private RegexNode group(Options options) {
    RegexNode node;
    if (!in.take('?')) {
      if (in.peek() == '*') {
        throw in.complaint("has a callout, which is not supported; leave it out");
      }
      node = named ? alternatives(options) : numbered(options);
    } else if (in.take(":")) {
      node = alternatives(options);
    } else if (in.take("=")) {
      node = new RegexNode.LookAhead(alternatives(options), false);
    } else if (in.take("!")) {
      node = new RegexNode.LookAhead(alternatives(options), true);
    } else if (in.take(">")) {
      node = new RegexNode.Atomic(alternatives(options));
    } else if (in.take("<=")) {
      node = lookBehind(options, false);
    } else if (in.take("<!")) {
      node = lookBehind(options, true);
    } else if (in.take("<")) {
      node = named(options, '>');
    } else if (in.take("'")) {
      node = named(options, '\'');
    } else {
      node = withOptions(options);
    }
    if (!in.take(')')) {
      throw in.complaint("leaves a group open; close it with )");
    }
    return node;
  }

  private RegexNode lookBehind(Options options, boolean negative) {
    letters.lookBehind(1);
    RegexNode body = alternatives(options);
    letters.lookBehind(-1);
    return new RegexNode.LookBehind(body, negative);
  }

  private RegexNode withOptions(Options options) {
    int c = in.peek();
    if (c == '(' || c == '~' || c == '{') {
      throw in.complaint(
          "has (?%c…), which is not supported; write the pattern without it".formatted(c));
    }
    Options changed = optionLetters(options);
    if (changed == null || !in.take(':')) {
      throw in.complaint(
          in.atEnd()
              ? "ends within a group's opening; close it"
              : "has an unknown group (?%c; known are (?: (?= (?! (?<= (?<! (?> (?<name> (?imx: (?#"
                  .formatted(in.peek()));
    }
    return alternatives(changed);
  }

  private RegexNode numbered(Options options) {
    int index = ++groups;
    return new RegexNode.Group(index, alternatives(options));
  }

  private RegexNode named(Options options, int end) {
    String name = in.until(end);
    if (name == null
        || name.isEmpty()
        || !name.codePoints().allMatch(properties.known("word")::contains)
        || Character.isDigit(name.codePointAt(0))) {
      throw in.complaint(
          "has the group name «%s»; a name is letters, digits and _, no digit first"
              .formatted(name == null ? "" : name));
    }
    int index = ++groups;
    names.computeIfAbsent(name, n -> new ArrayList<>()).add(index);
    return new RegexNode.Group(index, alternatives(options));
  }

  /// What a backslash means; null where it is a character, in `plain`.
  private @Nullable RegexNode escape(Options options) {
    int c = in.next();
    CodeSet set = c == PatternReader.END ? null : classes.looseSet(c, options);
    if (set != null) {
      return new RegexNode.One(set);
    }
    boolean asciiWords = options.asciiOnly('W');
    switch (c) {
      case 'A':
        return RegexNode.Place.TEXT_START;
      case 'z':
        return RegexNode.Place.TEXT_END;
      case 'Z':
        return RegexNode.Place.TEXT_END_OR_LAST_NEWLINE;
      case 'b':
        return asciiWords ? RegexNode.Place.ASCII_WORD_EDGE : RegexNode.Place.WORD_EDGE;
      case 'B':
        return asciiWords ? RegexNode.Place.NO_ASCII_WORD_EDGE : RegexNode.Place.NO_WORD_EDGE;
      case 'G':
        return RegexNode.Place.SEARCH_START;
      case 'K':
        return RegexNode.Place.KEEP;
      case 'N':
        return new RegexNode.One(CodeSet.of('\n').not());
      case 'O':
        return new RegexNode.One(CodeSet.ALL);
      case 'R':
        notBehind("[\\n-\\r]", c);
        return newline();
      case 'X':
        notBehind(".", c);
        return new RegexNode.Cluster();
      case 'y', 'Y':
        throw in.complaint("has \\%c, which is not supported; \\X takes a cluster".formatted(c));
      case 'g':
        if (in.peek() == '<' || in.peek() == '\'') {
          throw in.complaint("calls a group, which is not supported; write the group out");
        }
        plain = c;
        return null;
      case 'k':
        if (in.take('<')) {
          return namedBack('>', options);
        }
        if (in.take('\'')) {
          return namedBack('\'', options);
        }
        plain = c;
        return null;
      case '1', '2', '3', '4', '5', '6', '7', '8', '9':
        RegexNode back = numberedBack(options);
        if (back != null) {
          return back;
        }
        break;
      default:
        break;
    }
    plain = classes.escapedCharacter(c);
    return null;
  }

  /// Oniguruma takes these before a place without finding them there.
  private void notBehind(String instead, int c) {
    if (letters.isBehind()) {
      throw in.complaint(
          "has \\%c in a look behind, which is not supported; write %s".formatted(c, instead));
    }
  }

  private static RegexNode newline() {
    RegexNode crlf =
        new RegexNode.Seq(
            List.of(new RegexNode.One(CodeSet.of(13)), new RegexNode.One(CodeSet.of(10))));
    CodeSet one = CodeSet.ofRanges(10, 13, 0x85, 0x85, 0x2028, 0x2029);
    return new RegexNode.Atomic(new RegexNode.Alt(List.of(crlf, new RegexNode.One(one))));
  }

  private @Nullable RegexNode numberedBack(Options options) {
    int start = in.at() - 1;
    in.back(start);
    int number = in.number(MOST_REPEATS);
    if (number > 9 && number > groupsInAll) {
      // Then it is a character in octal.
      in.back(start + 1);
      return null;
    }
    return new RegexNode.Back(List.of(existing(number)), options.ignoreCase());
  }

  private RegexNode namedBack(int end, Options options) {
    String name = in.until(end);
    if (name == null || name.isEmpty()) {
      throw in.complaint("leaves a back reference open; write \\k<name>");
    }
    if (name.matches("[+-]?[0-9]{1,5}")) {
      int number = Integer.parseInt(name);
      return new RegexNode.Back(
          List.of(
              existing(
                  name.startsWith("-")
                      ? groups + 1 + number
                      : name.startsWith("+") ? groups + number : number)),
          options.ignoreCase());
    }
    List<Integer> all = names.get(name);
    if (all == null) {
      throw in.complaint("refers back to a group «%s» that does not stand before".formatted(name));
    }
    return new RegexNode.Back(all.reversed(), options.ignoreCase());
  }

  private int existing(int group) {
    if (named) {
      throw in.complaint("refers back by number beside named groups; use \\k<name>");
    }
    if (group < 1 || group > groupsInAll) {
      throw in.complaint("refers back to group %d, where it has %d".formatted(group, groupsInAll));
    }
    return group;
  }

  private boolean quantified(Options options) {
    int start = in.at();
    RegexNode probe = quantify(RegexNode.EMPTY, options);
    in.back(start);
    return probe != RegexNode.EMPTY;
  }

  /// The quantifiers that follow, put around a node.
  private RegexNode quantify(RegexNode body, Options options) {
    RegexNode node = body;
    for (int stacked = 0; ; stacked++) {
      if (stacked > MOST_NESTED) {
        throw in.complaint("repeats repetitions more than " + MOST_NESTED + " times; write one");
      }
      while (skipped(options)) {}
      int start = in.at();
      int min;
      int max;
      boolean fixed = false;
      boolean interval = false;
      Greed greed = Greed.GREEDY;
      if (in.take('*')) {
        min = 0;
        max = RegexNode.Repeat.UNBOUNDED;
      } else if (in.take('+')) {
        min = 1;
        max = RegexNode.Repeat.UNBOUNDED;
      } else if (in.take('?')) {
        min = 0;
        max = 1;
      } else if (in.take('{')) {
        int low = in.number(MOST_REPEATS);
        boolean comma = in.take(',');
        int high = comma ? in.number(MOST_REPEATS) : low;
        if (low < 0 && high < 0 || !in.take('}')) {
          in.back(start);
          return node;
        }
        if (Math.max(low, high) > MOST_REPEATS) {
          throw in.complaint(
              "repeats more than %d times; write a smaller bound".formatted(MOST_REPEATS));
        }
        min = Math.max(low, 0);
        max = high < 0 ? RegexNode.Repeat.UNBOUNDED : high;
        fixed = !comma;
        interval = true;
        if (min > max) {
          int swap = min;
          min = max;
          max = swap;
          greed = Greed.POSSESSIVE;
        }
      } else {
        return node;
      }
      if (node instanceof RegexNode.Place
          || node instanceof RegexNode.LookAhead
          || node instanceof RegexNode.LookBehind) {
        throw in.complaint("repeats what takes no room; leave the repetition out");
      }
      if (!fixed && in.take('?')) {
        greed = Greed.LAZY;
      } else if (!interval && in.take('+')) {
        greed = Greed.POSSESSIVE;
      }
      node = new RegexNode.Repeat(node, min, max, greed);
    }
  }
}
