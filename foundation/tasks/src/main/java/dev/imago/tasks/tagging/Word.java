package dev.imago.tasks.tagging;

import dev.imago.data.Sentence;
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
      boolean inside = joins(point) && next < text.length() && isRun(text.codePointAt(next));
      if (!isRun(point) && !inside) {
        break;
      }
      end = next;
    }
    return end;
  }

  /// Words that were given one by one, where they stand in the text that [Sentence] makes of them.
  public static List<Word> joined(List<String> words) {
    int[] starts = Sentence.starts(words);
    var joined = new ArrayList<Word>();
    for (int i = 0; i < starts.length; i++) {
      joined.add(new Word(words.get(i), starts[i], starts[i] + words.get(i).length()));
    }
    return joined;
  }

  private static boolean isRun(int point) {
    return (Character.isLetterOrDigit(point)
            || Character.getType(point) == Character.NON_SPACING_MARK
            || point == '_')
        && !Sentence.isSolid(point);
  }

  /// What a name or a topic of a message begins with.
  private static boolean starts(int point) {
    return point == '@' || point == '#';
  }

  private static boolean joins(int point) {
    return point == '\'' || point == '’' || point == '-' || point == '.' || point == '&';
  }
}
