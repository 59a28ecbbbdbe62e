package dev.imago.pages;

/// Counts of a text's words and marks.
final class PageWords {
  /// Words that a character of Chinese or Japanese stands for, about.
  private static final double OF_A_CHARACTER = 0.6;

  private static final String MARKS = ".,;:!?。，；：！？、";

  private PageWords() {}

  static double count(String text) {
    double words = 0;
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = Character.isLetterOrDigit(c);
      if (letter && c >= 0x2e80) {
        words += OF_A_CHARACTER;
        within = false;
      } else {
        words += letter && !within ? 1 : 0;
        within = letter;
      }
    }
    return words;
  }

  static double punctuation(String text) {
    double marks = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c == ' ';
      marks += !letter && MARKS.indexOf(c) >= 0 ? 1 : 0;
    }
    return marks;
  }
}
