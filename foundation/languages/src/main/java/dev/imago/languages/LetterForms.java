package dev.imago.languages;

import java.text.Normalizer;
import java.util.Arrays;

/// What is looked at of a text: its letters in lower case and their marks, in NFC, each run of
/// anything else as one blank; an apostrophe between letters stays, and marks above and below Latin
/// letters that NFC leaves apart go (Yoruba's tones, which half of all texts leave out). Tables by
/// UTF-16 unit, since asking Unicode's for every character would be half of the work; a surrogate
/// is no letter.
final class LetterForms {
  static final char BLANK = ' ';

  private static final char FIRST_COMBINING = '\u0300';
  private static final char LAST_COMBINING = '\u036f';
  private static final int UNITS = 1 << 16;

  /// In lower case, or 0 for what is no letter.
  private final char[] lower = new char[UNITS];

  /// Ordinals of scripts; 0 for what is no letter or of no script of its own.
  private final byte[] scripts = new byte[UNITS];

  LetterForms() {
    for (int c = 1; c < UNITS; c++) {
      int type = Character.getType(c);
      boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
      boolean apart = c >= FIRST_COMBINING && c <= LAST_COMBINING;
      if (Character.isLetter(c) || mark && !apart || c == '\u200c') {
        lower[c] = (char) Character.toLowerCase(c);
        Character.UnicodeScript script = Character.UnicodeScript.of(c);
        boolean own =
            script != Character.UnicodeScript.COMMON
                && script != Character.UnicodeScript.INHERITED
                && script != Character.UnicodeScript.UNKNOWN;
        scripts[c] = (byte) (own ? grouped(script).ordinal() : 0);
      }
    }
  }

  /// Kana stand among ideographs: they are counted apart by whoever tells Japanese.
  static Character.UnicodeScript grouped(Character.UnicodeScript script) {
    return switch (script) {
      case HIRAGANA, KATAKANA, BOPOMOFO -> Character.UnicodeScript.HAN;
      default -> script;
    };
  }

  /// The ordinal of the script that a unit is a letter of; 0 where it is none.
  int script(char c) {
    return scripts[c];
  }

  boolean letter(char c) {
    return lower[c] != 0;
  }

  /// Whether it is hiragana or katakana.
  static boolean kana(char c) {
    return c >= '\u3041' && c <= '\u30fe';
  }

  /// The letters of a text, between blanks.
  char[] of(CharSequence raw) {
    CharSequence text = composed(raw);
    int length = text.length();
    char[] out = new char[length + 2];
    int size = 0;
    out[size++] = BLANK;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      char small = lower[c];
      if (small != 0) {
        out[size++] = small;
      } else if (out[size - 1] != BLANK && !(c >= FIRST_COMBINING && c <= LAST_COMBINING)) {
        boolean inside =
            (c == '\'' || c == '\u2019') && i + 1 < length && letter(text.charAt(i + 1));
        out[size++] = inside ? '\'' : BLANK;
      }
    }
    if (out[size - 1] != BLANK) {
      out[size++] = BLANK;
    }
    return Arrays.copyOf(out, size);
  }

  private static CharSequence composed(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_COMBINING) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
      }
    }
    return text;
  }
}
