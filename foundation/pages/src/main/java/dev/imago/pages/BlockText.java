package dev.imago.pages;

/// Counts of a text's words, marks and kinds of characters, taken in one pass.
final class BlockText {
  /// Words that a character of Chinese or Japanese stands for, about.
  private static final double OF_A_CHARACTER = 0.6;

  private static final String MARKS = ".,;:!?。，；：！？、";

  private static final int ASCII = 128;
  private static final int LETTER = 1;
  private static final int CAPITAL = 2;
  private static final int DIGIT = 4;
  private static final int MARK = 8;
  private static final int PRICE = 16;
  private static final byte[] KINDS = kinds();

  final double words;
  final int letters;
  final int capitals;
  final int digits;
  final int punctuation;

  /// Signs of currencies.
  final int prices;

  /// Characters that are no blanks.
  final int seen;

  BlockText(String text) {
    double words = 0;
    int letters = 0;
    int capitals = 0;
    int digits = 0;
    int marks = 0;
    int prices = 0;
    int seen = 0;
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int kind = c < ASCII ? KINDS[c] : kind(c);
      letters += kind & LETTER;
      capitals += (kind & CAPITAL) >> 1;
      digits += (kind & DIGIT) >> 2;
      marks += (kind & MARK) >> 3;
      prices += (kind & PRICE) >> 4;
      seen += c > ' ' ? 1 : 0;
      boolean ofWord = (kind & (LETTER | DIGIT)) != 0;
      if (ofWord && c >= 0x2e80) {
        words += OF_A_CHARACTER;
        within = false;
      } else {
        words += ofWord && !within ? 1 : 0;
        within = ofWord;
      }
    }
    this.words = words;
    this.letters = letters;
    this.capitals = capitals;
    this.digits = digits;
    this.punctuation = marks;
    this.prices = prices;
    this.seen = seen;
  }

  private static byte[] kinds() {
    var kinds = new byte[ASCII];
    for (char c = 0; c < ASCII; c++) {
      kinds[c] = (byte) kind(c);
    }
    return kinds;
  }

  private static int kind(char c) {
    return (Character.isLetter(c) ? LETTER : 0)
        | (Character.isUpperCase(c) ? CAPITAL : 0)
        | (Character.isDigit(c) ? DIGIT : 0)
        | (MARKS.indexOf(c) >= 0 ? MARK : 0)
        | (Character.getType(c) == Character.CURRENCY_SYMBOL ? PRICE : 0);
  }
}
