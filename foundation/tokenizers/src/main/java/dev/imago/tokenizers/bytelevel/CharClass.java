package dev.imago.tokenizers.bytelevel;

import java.util.Arrays;

/// The classes of characters that split patterns speak of, as bits, so that a set of classes is a
/// sum: `\p{L}` is [#LETTER], `[\p{L}\p{M}]` is `LETTER | MARK`.
///
/// Taken from the JDK's tables: JDK 25 knows Unicode 16, as the Oniguruma inside Hugging Face
/// tokenizers 0.23 does; over all code points the two agree. A test holds the table to a checksum,
/// so that a JDK with another Unicode cannot change ids unseen.
public final class CharClass {
  /// `\p{Lu}` and `\p{Lt}`.
  static final int UPPER = 1;

  /// `\p{Ll}`.
  static final int LOWER = 1 << 1;

  /// `\p{Lm}` and `\p{Lo}`.
  static final int CASELESS = 1 << 2;

  /// `\p{L}`.
  static final int LETTER = UPPER | LOWER | CASELESS;

  /// `\p{M}`.
  static final int MARK = 1 << 3;

  /// `\p{N}`.
  static final int NUMBER = 1 << 4;

  /// White space other than `\r` and `\n`.
  static final int SPACE = 1 << 5;

  /// `[\r\n]`.
  static final int NEWLINE = 1 << 6;

  /// `\s`.
  static final int BLANK = SPACE | NEWLINE;

  /// `[\p{P}\p{S}]`.
  static final int SYMBOL = 1 << 7;

  /// Controls, formats, private and unassigned characters.
  static final int REST = 1 << 8;

  /// `[^\s\p{L}\p{N}]`.
  static final int OTHER = MARK | SYMBOL | REST;

  /// In [#BY_BYTE]: the byte starts a character of several bytes.
  static final int MULTIBYTE = 1 << 9;

  /// The class by the first byte of a character in UTF-8.
  static final short[] BY_BYTE = byByte();

  private static final int PAGE_BITS = 7;
  private static final short[] CLASSES;
  private static final short[] PAGES;

  static {
    int pages = 0x110000 >> PAGE_BITS;
    PAGES = new short[pages];
    short[] found = new short[1 << 16];
    int size = 0;
    short[] page = new short[1 << PAGE_BITS];
    for (int p = 0; p < pages; p++) {
      for (int i = 0; i < page.length; i++) {
        page[i] = (short) ofType(p << PAGE_BITS | i);
      }
      int at = 0;
      while (at < size && !Arrays.equals(found, at, at + page.length, page, 0, page.length)) {
        at += page.length;
      }
      if (at == size) {
        System.arraycopy(page, 0, found, size, page.length);
        size += page.length;
      }
      PAGES[p] = (short) (at >> PAGE_BITS);
    }
    CLASSES = Arrays.copyOf(found, size);
  }

  private CharClass() {}

  /// The class of a code point: one bit.
  static int of(int codePoint) {
    return CLASSES[PAGES[codePoint >> PAGE_BITS] << PAGE_BITS | codePoint & (1 << PAGE_BITS) - 1];
  }

  /// Whether a code point is `\s`, by Unicode: White_Space.
  public static boolean isBlank(int codePoint) {
    return (of(codePoint) & BLANK) != 0;
  }

  private static short[] byByte() {
    short[] table = new short[256];
    for (int b = 0; b < 256; b++) {
      table[b] = (short) (b < 128 ? ofType(b) : MULTIBYTE);
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
      case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
      case Character.LOWERCASE_LETTER -> LOWER;
      case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> CASELESS;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          REST;
      default -> SYMBOL;
    };
  }
}
