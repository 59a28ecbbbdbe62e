package dev.imago.masking;

/// Cuts a text into the sentences and lines whose names a model tells, each by itself, so that they
/// do not hang on how the text came.
final class NameSegments {
  /// Longer ones are cut.
  static final int LONGEST = 400;

  private NameSegments() {}

  /// Where the one that begins at a place ends; the place itself where that has not come.
  static int end(Sight text, int from) {
    text.look();
    for (int i = from; i < from + LONGEST; i++) {
      char c = text.at(i);
      if (c == Sight.END && i >= text.end()) {
        return text.complete() ? i : from;
      }
      if (c == '\n' || c == '。' || c == '！' || c == '？') {
        return i + 1;
      }
      if ((c == '.' || c == '!' || c == '?') && Character.isWhitespace(text.at(i + 1))) {
        return i + 1;
      }
      if (text.open()) {
        return from;
      }
    }
    int end = from + LONGEST;
    return Character.isHighSurrogate(text.before(end)) ? end - 1 : end;
  }
}
