package dev.imago.text;

import java.text.Normalizer.Form;

/// What happens to text before it is split.
sealed interface Normalizer {
  String apply(String text);

  /// Nothing.
  record None() implements Normalizer {
    @Override
    public String apply(String text) {
      return text;
    }
  }

  /// Unicode's canonical composition, as Hugging Face tokenizers 0.23 has it: with tables of an
  /// older Unicode than the JDK's, to which marks and composites that came later are characters
  /// like any.
  record Nfc() implements Normalizer {
    /// First and last of each run of such characters; found by asking that library about all code
    /// points, and whole blocks where later composites are.
    private static final int[] LATER = {
      0x7fd, 0x7fd, 0x897, 0x89f, 0x8ca, 0x8d3, 0x9fe, 0x9fe, 0xc3c, 0xc3c, 0xd3b, 0xd3c, 0xeba,
      0xeba, 0x1715, 0x1715, 0x1abf, 0x1ace, 0x1df6, 0x1dfa, 0xa82c, 0xa82c, 0x105c0, 0x105ff,
      0x10d24, 0x10d27, 0x10d69, 0x10d6d, 0x10eab, 0x10eac, 0x10efd, 0x10eff, 0x10f46, 0x10f50,
      0x10f82, 0x10f85, 0x11070, 0x11070, 0x1133b, 0x1133b, 0x11380, 0x113ff, 0x1145e, 0x1145e,
      0x11839, 0x1183a, 0x11900, 0x1195f, 0x119e0, 0x119e0, 0x11a34, 0x11a34, 0x11a47, 0x11a47,
      0x11a99, 0x11a99, 0x11d42, 0x11d42, 0x11d44, 0x11d45, 0x11d97, 0x11d97, 0x11f41, 0x11f42,
      0x16100, 0x1613f, 0x16d40, 0x16d7f, 0x16ff0, 0x16ff1, 0x1e08f, 0x1e08f, 0x1e130, 0x1e136,
      0x1e2ae, 0x1e2ae, 0x1e2ec, 0x1e2ef, 0x1e4ec, 0x1e4ef, 0x1e5ee, 0x1e5ef
    };

    /// Below it, every text is composed.
    private static final char FIRST_MARK = '\u0300';

    @Override
    public String apply(String text) {
      int at = 0;
      while (at < text.length() && text.charAt(at) < FIRST_MARK) {
        at++;
      }
      if (at == text.length()) {
        return text;
      }
      var out = new StringBuilder(text.length());
      int from = 0;
      for (int c; at < text.length(); at += Character.charCount(c)) {
        c = text.codePointAt(at);
        if (isLater(c)) {
          out.append(compose(text.substring(from, at))).appendCodePoint(c);
          from = at + Character.charCount(c);
        }
      }
      return out.append(compose(text.substring(from))).toString();
    }

    private static String compose(String text) {
      return java.text.Normalizer.normalize(text, Form.NFC);
    }

    private static boolean isLater(int c) {
      if (c < LATER[0]) {
        return false;
      }
      int found = java.util.Arrays.binarySearch(LATER, c);
      // Between a first and a last, or one of them.
      return found >= 0 || (-1 - found) % 2 == 1;
    }
  }
}
