package dev.imago.text.models;

import java.util.Collection;

/// Where a text falls into parts that merge without each other: before a space, or the mark that
/// stands for one, where no token holds the character before it and the mark side by side. So a
/// text that nobody split is merged, and remembered, word by word.
final class WordMarks {
  static final WordMarks NONE = new WordMarks(new boolean[0]);

  /// SentencePiece's space.
  private static final char BLOCK = '▁';

  /// Whether some token holds a unit and then a mark.
  private final boolean[] joined;

  private WordMarks(boolean[] joined) {
    this.joined = joined;
  }

  static WordMarks of(Collection<String> tokens) {
    var joined = new boolean[Character.MAX_VALUE + 1];
    boolean some = false;
    for (String token : tokens) {
      for (int i = 1; i < token.length(); i++) {
        joined[token.charAt(i - 1)] |= isMark(token.charAt(i));
      }
      some |= !token.isEmpty() && isMark(token.charAt(0));
    }
    return some ? new WordMarks(joined) : NONE;
  }

  private static boolean isMark(char unit) {
    return unit == BLOCK || unit == ' ';
  }

  /// Where the part that starts at `from` ends.
  int end(char[] text, int from) {
    if (joined.length == 0) {
      return text.length;
    }
    int at = from + 1;
    while (at < text.length && !(isMark(text[at]) && !joined[text[at - 1]])) {
      at++;
    }
    return at;
  }
}
