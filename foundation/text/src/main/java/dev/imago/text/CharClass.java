package dev.imago.text;

/// The classes of characters that split patterns speak of: `\p{L}`, `\p{N}`, `\s`, `[\r\n]`.
///
/// Taken from the JDK's tables: JDK 25 knows Unicode 16, as the Oniguruma inside Hugging Face
/// tokenizers 0.23 does; over all code points the two agree. A test holds the table to a checksum,
/// so that a JDK with another Unicode cannot change ids unseen.
final class CharClass {
  static final int OTHER = 0;
  static final int LETTER = 1;
  static final int NUMBER = 2;

  /// White space other than `\r` and `\n`.
  static final int SPACE = 3;

  static final int NEWLINE = 4;

  /// In [#BY_BYTE]: the byte starts a character of several bytes.
  static final int MULTIBYTE = 5;

  /// The class by the first byte of a character in UTF-8.
  static final byte[] BY_BYTE = byByte();

  private static final int PAGE_BITS = 7;
  private static final byte[] CLASSES;
  private static final short[] PAGES;

  static {
    int pages = 0x110000 >> PAGE_BITS;
    PAGES = new short[pages];
    byte[] found = new byte[0x110000];
    int size = 0;
    byte[] page = new byte[1 << PAGE_BITS];
    for (int p = 0; p < pages; p++) {
      for (int i = 0; i < page.length; i++) {
        page[i] = (byte) ofType(p << PAGE_BITS | i);
      }
      int at = 0;
      while (at < size
          && !java.util.Arrays.equals(found, at, at + page.length, page, 0, page.length)) {
        at += page.length;
      }
      if (at == size) {
        System.arraycopy(page, 0, found, size, page.length);
        size += page.length;
      }
      PAGES[p] = (short) (at >> PAGE_BITS);
    }
    CLASSES = java.util.Arrays.copyOf(found, size);
  }

  private CharClass() {}

  /// The class of a code point.
  static int of(int codePoint) {
    return CLASSES[PAGES[codePoint >> PAGE_BITS] << PAGE_BITS | codePoint & (1 << PAGE_BITS) - 1];
  }

  private static byte[] byByte() {
    byte[] table = new byte[256];
    for (int b = 0; b < 256; b++) {
      table[b] = (byte) (b < 128 ? ofType(b) : MULTIBYTE);
    }
    return table;
  }

  private static int ofType(int codePoint) {
    if (codePoint == '\r' || codePoint == '\n') {
      return NEWLINE;
    }
    if (codePoint == 0x85 || codePoint >= 9 && codePoint <= 13) {
      return SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> OTHER;
    };
  }
}
