package dev.imago.suites;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/// A text as what is matched: words, and each character of a script without blanks between words;
/// no punctuation, no case, no lines, one width (NFKC) and one script. A word that a hyphen parts
/// at a line's end is one.
///
/// @param hashes of each unit
/// @param starts where each begins in the text
/// @param ends where each ends
record LeakUnits(long[] hashes, int[] starts, int[] ends) {
  static LeakUnits of(String text, IntUnaryOperator script) {
    var units = new Builder(text, script);
    units.read();
    return new LeakUnits(
        Arrays.copyOf(units.hashes, units.size),
        Arrays.copyOf(units.starts, units.size),
        Arrays.copyOf(units.ends, units.size));
  }

  int size() {
    return hashes.length;
  }

  private static final class Builder {
    private final String text;
    private final IntUnaryOperator script;
    private long[] hashes = new long[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int size;

    Builder(String text, IntUnaryOperator script) {
      this.text = text;
      this.script = script;
    }

    void read() {
      int at = 0;
      while (at < text.length()) {
        int c = text.codePointAt(at);
        int after = at + Character.charCount(c);
        if (isAlone(c)) {
          add(mixed(script.applyAsInt(c)), at, after);
          at = after;
        } else if (Character.isLetterOrDigit(c)) {
          at = word(at);
        } else {
          at = after;
        }
      }
    }

    private static boolean isAlone(int c) {
      return c >= 0x2e80
          && (Character.isIdeographic(c)
              || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA
              || Character.UnicodeScript.of(c) == Character.UnicodeScript.KATAKANA);
    }

    private int word(int from) {
      var word = new StringBuilder();
      int at = from;
      while (at < text.length()) {
        int c = text.codePointAt(at);
        boolean mark = Character.getType(c) == Character.NON_SPACING_MARK;
        if ((Character.isLetterOrDigit(c) || mark) && !isAlone(c)) {
          word.appendCodePoint(c);
          at += Character.charCount(c);
        } else if (c == '-' && parted(at)) {
          at = text.indexOf('\n', at) + 1;
          while (at < text.length() && text.charAt(at) == ' ') {
            at++;
          }
        } else {
          break;
        }
      }
      add(hash(plain(word.toString())), from, at);
      return at;
    }

    /// Whether a hyphen stands at a line's end, before a small letter.
    private boolean parted(int hyphen) {
      int at = hyphen + 1;
      if (at < text.length() && text.charAt(at) == '\r') {
        at++;
      }
      if (at >= text.length() || text.charAt(at) != '\n') {
        return false;
      }
      at++;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      return at < text.length() && Character.isLowerCase(text.codePointAt(at));
    }

    private static String plain(String word) {
      for (int i = 0; i < word.length(); i++) {
        if (word.charAt(i) >= 0x80) {
          return Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        }
      }
      return word.toLowerCase(Locale.ROOT);
    }

    private void add(long hash, int start, int end) {
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * size);
        starts = Arrays.copyOf(starts, 2 * size);
        ends = Arrays.copyOf(ends, 2 * size);
      }
      hashes[size] = hash;
      starts[size] = start;
      ends[size++] = end;
    }
  }

  private static long hash(String word) {
    long h = 0xcbf29ce484222325L;
    for (int i = 0; i < word.length(); i++) {
      h = (h ^ word.charAt(i)) * 0x100000001b3L;
    }
    return mixed(h);
  }

  /// Stafford's mix 13: hashes of like values are far apart.
  static long mixed(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
