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
    for (int i = at; i < kept.length(); i++) {
      if (kept.charAt(i) >= FIRST_COMBINING) {
        return Normalizer.isNormalized(kept, Normalizer.Form.NFC)
            ? kept
            : Normalizer.normalize(kept, Normalizer.Form.NFC);
      }
    }
    return kept;
  }

  /// Where the plain beginning ends: nearly all source code is plain to its end.
  private static int firstOdd(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c > '~' || c < ' ' && c != '\n' && c != '\t') {
        return i;
      }
    }
    return length;
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
