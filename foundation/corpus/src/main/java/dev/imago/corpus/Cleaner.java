package dev.imago.corpus;

import java.text.Normalizer;

/// Brings text into one form, for every kind of content alike.
///
/// - CR LF, CR, NEL, LS, PS, vertical tab and form feed become LF (Unicode 5.8, newline guidelines)
/// - control characters but tab and LF go, noncharacters too
/// - byte-order mark, zero-width space, word joiner and soft hyphen go: they carry no meaning in
///   running text and break words; the zero-width joiner and non-joiner stay, which emoji and Indic
///   and Persian spelling need, as do direction marks
/// - half a surrogate pair becomes U+FFFD
/// - the rest is brought into NFC (UAX #15)
final class Cleaner {
  /// No character below this is changed by NFC.
  private static final char FIRST_COMBINING = '\u0300';

  private Cleaner() {}

  static String clean(String text) {
    int at = firstOdd(text);
    String kept = at == text.length() ? text : rebuilt(text, at);
    for (int i = 0; i < kept.length(); i++) {
      if (!inert(kept.charAt(i))) {
        return Normalizer.isNormalized(kept, Normalizer.Form.NFC)
            ? kept
            : Normalizer.normalize(kept, Normalizer.Form.NFC);
      }
    }
    return kept;
  }

  /// Whether NFC leaves a character as it is, whatever stands beside it, among such: what nearly
  /// all text is made of, told by ranges. Of others the JDK says it, at ten times the cost.
  static boolean inert(char c) {
    return c < FIRST_COMBINING
        || c >= '\u4e00' && c <= '\u9fff' // ideographs
        || c >= '\u3001' && c <= '\u3029' // marks of Chinese and Japanese
        || c >= '\u3041' && c <= '\u3096' // hiragana
        || c >= '\u30a1' && c <= '\u30ff' // katakana
        || c >= '\uac00' && c <= '\ud7a3' // syllables of hangul
        || c >= '\uff01' && c <= '\uff5e' // full width
        || c >= '\u0410' && c <= '\u044f' // Cyrillic
        || c >= '\u2010' && c <= '\u2027' // dashes, quotes, ellipses
        || c >= '\u2030' && c <= '\u205e';
  }

  /// Where what has to change begins.
  private static int firstOdd(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c > '~' || c < ' ') {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (odd(c)) {
          return i;
        }
      }
    }
    return length;
  }

  /// Whether a character outside plain ASCII becomes another one, or goes.
  private static boolean odd(char c) {
    return switch (c) {
      case '\n', '\t' -> false;
      case '\u00ad', '\u200b', '\u2028', '\u2029', '\u2060', '\ufeff', '\ufffe', '\uffff' -> true;
      default -> Character.isISOControl(c) || Character.isSurrogate(c);
    };
  }

  private static String rebuilt(String text, int from) {
    var out = new StringBuilder(text.length()).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> {
          if (i + 1 == text.length() || text.charAt(i + 1) != '\n') {
            out.append('\n');
          }
        }
        case '\u000b', '\f', '\u0085', '\u2028', '\u2029' -> out.append('\n');
        case '\ufeff', '\u200b', '\u2060', '\u00ad', '\ufffe', '\uffff' -> {}
        case '\t', '\n' -> out.append(c);
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            out.append(c).append(text.charAt(++i));
          } else if (Character.isSurrogate(c)) {
            out.append('\ufffd');
          } else if (!Character.isISOControl(c)) {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }
}
