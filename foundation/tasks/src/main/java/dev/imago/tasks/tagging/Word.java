package dev.imago.tasks.tagging;

import java.util.ArrayList;
import java.util.List;

/// A word where it stands in a text.
///
/// @param start its first character (UTF-16)
/// @param end one past its last
public record Word(String text, int start, int end) {
  /// The words of a text: runs of letters and digits with what joins them inside (`don't`,
  /// `e-mail`, `3.5`), each ideograph and each other sign by itself.
  public static List<Word> of(String text) {
    var words = new ArrayList<Word>();
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      int end = at + Character.charCount(point);
      if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
        at = end;
        continue;
      }
      if (isRun(point) || (starts(point) && end < text.length() && isRun(text.codePointAt(end)))) {
        end = runEnd(text, end);
      }
      words.add(new Word(text.substring(at, end), at, end));
      at = end;
    }
    return words;
  }

  private static int runEnd(String text, int from) {
    int end = from;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      int next = end + Character.charCount(point);
      boolean inside =
          joins(point) && next < text.length() && isRun(text.codePointAt(next));
      if (!isRun(point) && !inside) {
        break;
      }
      end = next;
    }
    return end;
  }

  /// Words that were given one by one, as a text: blanks between them, but not where one of two
  /// neighbours is of a script that has none.
  public static List<Word> joined(List<String> words) {
    var joined = new ArrayList<Word>();
    int at = 0;
    for (String word : words) {
      boolean blank = !joined.isEmpty() && blankBetween(joined.getLast().text(), word);
      int start = at + (blank ? 1 : 0);
      at = start + word.length();
      joined.add(new Word(word, start, at));
    }
    return joined;
  }

  /// The text of words that were joined.
  public static String text(List<Word> words) {
    var text = new StringBuilder();
    for (Word word : words) {
      text.repeat(' ', word.start() - text.length()).append(word.text());
    }
    return text.toString();
  }

  private static boolean blankBetween(String before, String after) {
    if (before.isEmpty() || after.isEmpty()) {
      return true;
    }
    return !isSolid(before.codePointBefore(before.length())) && !isSolid(after.codePointAt(0));
  }

  /// Of a script without blanks between words, or its punctuation.
  private static boolean isSolid(int point) {
    return Character.isIdeographic(point)
        || (point >= 0x3000 && point <= 0x30ff)
        || (point >= 0xff00 && point <= 0xffef);
  }

  private static boolean isRun(int point) {
    return (Character.isLetterOrDigit(point) || Character.getType(point) == Character.NON_SPACING_MARK || point == '_')
        && !isSolid(point);
  }

  /// What a name or a topic of a message begins with.
  private static boolean starts(int point) {
    return point == '@' || point == '#';
  }

  private static boolean joins(int point) {
    return point == '\'' || point == '’' || point == '-' || point == '.' || point == '&';
  }
}
