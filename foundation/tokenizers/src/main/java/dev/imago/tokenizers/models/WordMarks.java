package dev.imago.tokenizers.models;

import java.util.Collection;

/// Where a text falls into parts that merge without each other: before a space, or the mark that
/// stands for one, where no token holds the character before it and the mark side by side. So a
/// text that nobody split is merged, and remembered, word by word.
final class WordMarks {
  static final WordMarks NONE = new WordMarks(false, false, new boolean[0]);

  /// SentencePiece's space.
  private static final char BLOCK = '▁';

  /// Whether some token holds a unit and then a mark.
  private final boolean[] joined;

  private final boolean spaces;
  private final boolean blocks;

  private WordMarks(boolean spaces, boolean blocks, boolean[] joined) {
    this.spaces = spaces;
    this.blocks = blocks;
    this.joined = joined;
  }

  /// @param tokens what text becomes by merging; a mark that is none of them is unknown, and
  ///   unknown characters may belong together
  static WordMarks of(Collection<String> tokens) {
    boolean spaces = tokens.contains(" ");
    boolean blocks = tokens.contains("▁");
    if (!spaces && !blocks) {
      return NONE;
    }
    var marks = new WordMarks(spaces, blocks, new boolean[Character.MAX_VALUE + 1]);
    for (String token : tokens) {
      for (int i = 1; i < token.length(); i++) {
        marks.joined[token.charAt(i - 1)] |= marks.isMark(token.charAt(i));
      }
    }
    return marks;
  }

  private boolean isMark(char unit) {
    return unit == BLOCK && blocks || unit == ' ' && spaces;
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
