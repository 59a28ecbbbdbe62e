package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.function.Consumer;

/// The kinds of characters that pre-tokenizers cut at.
///
/// Hugging Face tokenizers 0.23 takes them from libraries of different age. Where one differs from
/// Unicode 16, the JDK's, the difference is written out here: it was found by asking that library
/// about every code point.
enum CharacterKind {
  /// White space by Unicode, `char::is_whitespace` of Rust.
  SPACE {
    @Override
    boolean includes(int c) {
      return isSpace(c);
    }
  },
  /// Decimal digits, letter numbers and other numbers, `char::is_numeric` of Rust, Unicode 17.
  NUMBER {
    @Override
    boolean includes(int c) {
      if (c < 128) {
        return c >= '0' && c <= '9';
      }
      return switch (Character.getType(c)) {
        case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
            true;
        default -> c >= 0x11de0 && c <= 0x11de9 || c >= 0x16ff4 && c <= 0x16ff6;
      };
    }
  },
  /// Punctuation by Unicode 8, and the ASCII symbols.
  PUNCTUATION {
    @Override
    boolean includes(int c) {
      if (c < 128) {
        return c > ' ' && c < 127 && !isAsciiAlphanumeric(c);
      }
      return switch (Character.getType(c)) {
        case Character.CONNECTOR_PUNCTUATION,
            Character.DASH_PUNCTUATION,
            Character.START_PUNCTUATION,
            Character.END_PUNCTUATION,
            Character.INITIAL_QUOTE_PUNCTUATION,
            Character.FINAL_QUOTE_PUNCTUATION,
            Character.OTHER_PUNCTUATION ->
            !isIn(YOUNGER_PUNCTUATION, c);
        default -> c == 0x166d || c == 0x111c9;
      };
    }
  };

  /// Punctuation of Unicode 16 that was none in Unicode 8: first and last of each range.
  private static final int[] YOUNGER_PUNCTUATION = {
    0x61d, 0x61d, 0x9fd, 0x9fd, 0xa76, 0xa76, 0xc77, 0xc77, 0xc84, 0xc84, 0x1b4e, 0x1b4f, 0x1b7d,
    0x1b7f, 0x2e43, 0x2e4f, 0x2e52, 0x2e5d, 0x10d6e, 0x10d6e, 0x10ead, 0x10ead, 0x10f55, 0x10f59,
    0x10f86, 0x10f89, 0x113d4, 0x113d5, 0x113d7, 0x113d8, 0x1144b, 0x1144f, 0x1145a, 0x1145b,
    0x1145d, 0x1145d, 0x11660, 0x1166c, 0x116b9, 0x116b9, 0x1183b, 0x1183b, 0x11944, 0x11946,
    0x119e2, 0x119e2, 0x11a3f, 0x11a46, 0x11a9a, 0x11a9c, 0x11a9e, 0x11aa2, 0x11b00, 0x11b09,
    0x11be1, 0x11be1, 0x11c41, 0x11c45, 0x11c70, 0x11c71, 0x11ef7, 0x11ef8, 0x11f43, 0x11f4f,
    0x11fff, 0x11fff, 0x12ff1, 0x12ff2, 0x16d6d, 0x16d6f, 0x16e97, 0x16e9a, 0x16fe2, 0x16fe2,
    0x1e5ff, 0x1e5ff, 0x1e95e, 0x1e95f
  };

  abstract boolean includes(int codePoint);

  /// Cuts a text at each character of the kind.
  void cut(AlignedText aligned, Behavior behavior, Consumer<AlignedText> pieces) {
    String text = aligned.text();
    Behavior.Cutter cutter = behavior.cutter(aligned, false, pieces);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int end = i + Character.charCount(c);
      if (includes(c)) {
        cutter.delimiter(i, end);
      }
      i = end;
    }
    cutter.done();
  }

  static boolean isSpace(int c) {
    if (c < 128) {
      return c == ' ' || c >= 9 && c <= 13;
    }
    return c == 0x85
        || switch (Character.getType(c)) {
          case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        };
  }

  /// Whether `\w` of Rust's regular expressions takes it.
  static boolean isWord(int c) {
    if (c < 128) {
      return isAsciiAlphanumeric(c) || c == '_';
    }
    return Character.isAlphabetic(c)
        || switch (Character.getType(c)) {
          case Character.DECIMAL_DIGIT_NUMBER,
              Character.CONNECTOR_PUNCTUATION,
              Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.ENCLOSING_MARK ->
              true;
          default -> c == 0x200c || c == 0x200d;
        };
  }

  private static boolean isAsciiAlphanumeric(int c) {
    return c >= '0' && c <= '9' || (c | 32) >= 'a' && (c | 32) <= 'z';
  }

  /// Whether one of the ranges holds a code point.
  static boolean isIn(int[] ranges, int c) {
    int low = 0;
    int high = ranges.length / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (c > ranges[2 * middle + 1]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low < ranges.length && c >= ranges[2 * low];
  }
}
