package dev.imago.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A regular expression in the dialect of Python's `re`, of strings: `(?P<name>…)`, `(?P=name)`,
/// classes of Unicode, `.` and `$` that know `\n` alone. It runs on the JDK's matcher, which goes
/// back over what it tried; how often it may look at a character is bounded.
///
/// Not carried out: `\N{…}` and conditions `(?(1)…)`, which are refused.
public final class PythonRegex {
  /// Looks at characters of one search, before it is given up.
  private static final long MAX_LOOKS = 200_000_000L;

  private final String source;
  private final Pattern pattern;

  private PythonRegex(String source, Pattern pattern) {
    this.source = source;
    this.pattern = pattern;
  }

  /// Reads an expression.
  ///
  /// @throws IllegalArgumentException naming the expression and what is wrong with it
  public static PythonRegex compile(String source) {
    try {
      return new PythonRegex(
          source,
          Pattern.compile(
              new PythonPattern(source).translated(),
              Pattern.UNIX_LINES | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "«%s» is no regular expression of Python's re: %s".formatted(source, e.getDescription()),
          e);
    }
  }

  /// Python's `findall`: of each match its groups; the whole match where it has none.
  ///
  /// @return of each match one text where the expression has at most one group, else one for each;
  ///   a group that took no part is empty
  /// @throws IllegalArgumentException where the search goes back too often
  public List<List<String>> findAll(String text) {
    Matcher matcher = pattern.matcher(new Looked(text));
    var found = new ArrayList<List<String>>();
    while (matcher.find()) {
      var groups = new ArrayList<String>();
      for (int g = Math.min(1, matcher.groupCount()); g <= matcher.groupCount(); g++) {
        groups.add(matcher.start(g) < 0 ? "" : text.substring(matcher.start(g), matcher.end(g)));
      }
      found.add(groups);
    }
    return found;
  }

  /// Python's `split`, of an expression without groups.
  public List<String> split(String text) {
    Matcher matcher = pattern.matcher(new Looked(text));
    var parts = new ArrayList<String>();
    int from = 0;
    while (matcher.find()) {
      parts.add(text.substring(from, matcher.start()));
      from = matcher.end();
    }
    parts.add(text.substring(from));
    return parts;
  }

  /// Python's `sub`.
  ///
  /// @param replacement in which `\1`, `\g<1>` and `\g<0>` stand for groups
  /// @param count how many matches at most; 0 for all
  public String replace(String text, String replacement, int count) {
    Matcher matcher = pattern.matcher(new Looked(text));
    var to = new StringBuilder();
    int from = 0;
    for (int n = 0; (count == 0 || n < count) && matcher.find(); n++) {
      to.append(text, from, matcher.start());
      expand(replacement, matcher, text, to);
      from = matcher.end();
    }
    return to.append(text, from, text.length()).toString();
  }

  private void expand(String replacement, Matcher matcher, String text, StringBuilder to) {
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c != '\\' || i + 1 == replacement.length()) {
        to.append(c);
        continue;
      }
      char next = replacement.charAt(++i);
      int group = -1;
      if (next >= '1' && next <= '9') {
        group = next - '0';
      } else if (next == 'g' && replacement.startsWith("<", i + 1)) {
        int end = replacement.indexOf('>', i);
        String name = end < 0 ? "" : replacement.substring(i + 2, end);
        if (!name.matches("\\d{1,2}")) {
          throw new IllegalArgumentException(
              "the replacement «%s» names the group «%s»; groups go by number here, as \\g<1>"
                  .formatted(replacement, name));
        }
        group = Integer.parseInt(name);
        i = end;
      }
      if (group > matcher.groupCount()) {
        throw new IllegalArgumentException(
            "the replacement «%s» names group %d, and «%s» has %d"
                .formatted(replacement, group, source, matcher.groupCount()));
      }
      if (group >= 0) {
        if (matcher.start(group) >= 0) {
          to.append(text, matcher.start(group), matcher.end(group));
        }
      } else {
        to.append(
            switch (next) {
              case 'n' -> "\n";
              case 't' -> "\t";
              case 'r' -> "\r";
              case '\\' -> "\\";
              default -> "\\" + next;
            });
      }
    }
  }

  /// A text that counts how often it is looked at.
  private final class Looked implements CharSequence {
    private final String text;
    private long looks;

    Looked(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++looks > MAX_LOOKS) {
        throw new IllegalArgumentException(
            "«%s» goes back over a text of %,d characters more than %,d times; make it simpler"
                .formatted(source, text.length(), MAX_LOOKS));
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
