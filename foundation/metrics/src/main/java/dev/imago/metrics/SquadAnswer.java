package dev.imago.metrics;

/// An answer as SQuAD's scripts compare it: lower-case, without the signs of ASCII, without English
/// articles, one blank between words.
final class SquadAnswer {
  private SquadAnswer() {}

  static String normalized(String answer) {
    var plain = new StringBuilder();
    LowerCase.of(answer).codePoints().filter(c -> !isSign(c)).forEach(plain::appendCodePoint);
    return String.join(" ", WhiteSpace.split(withoutArticles(plain.toString())));
  }

  private static boolean isSign(int c) {
    return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
  }

  /// Each run of letters and digits that is an article becomes a blank.
  private static String withoutArticles(String text) {
    var kept = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int end = i;
      while (end < text.length() && isWord(text.codePointAt(end))) {
        end += Character.charCount(text.codePointAt(end));
      }
      if (end == i) {
        kept.appendCodePoint(text.codePointAt(i));
        i += Character.charCount(text.codePointAt(i));
        continue;
      }
      String word = text.substring(i, end);
      kept.append(
          switch (word) {
            case "a", "an", "the" -> " ";
            default -> word;
          });
      i = end;
    }
    return kept.toString();
  }

  /// What Python's `\w` matches, once the underscore is gone.
  private static boolean isWord(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }
}
