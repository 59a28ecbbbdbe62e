package dev.imago.data;

import java.util.List;

/// Words that were given one by one, as a text: a blank between two, but not where one of them is
/// of a script that has none.
public final class Sentence {
  private Sentence() {}

  /// Where each word starts in the text (UTF-16).
  public static int[] starts(List<String> words) {
    int[] starts = new int[words.size()];
    int at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at + (i > 0 && blankBetween(words.get(i - 1), words.get(i)) ? 1 : 0);
      at = starts[i] + words.get(i).length();
    }
    return starts;
  }

  public static String text(List<String> words) {
    int[] starts = starts(words);
    var text = new StringBuilder();
    for (int i = 0; i < starts.length; i++) {
      text.repeat(' ', starts[i] - text.length()).append(words.get(i));
    }
    return text.toString();
  }

  private static boolean blankBetween(String before, String after) {
    if (before.isEmpty() || after.isEmpty()) {
      return true;
    }
    return !isSolid(before.codePointBefore(before.length())) && !isSolid(after.codePointAt(0));
  }

  /// Whether a character is of a script without blanks between words, or of its punctuation.
  public static boolean isSolid(int point) {
    return Character.isIdeographic(point)
        || (point >= 0x3000 && point <= 0x30ff)
        || (point >= 0xff00 && point <= 0xffef);
  }
}
