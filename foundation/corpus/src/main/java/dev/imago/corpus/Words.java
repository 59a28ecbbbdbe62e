package dev.imago.corpus;

import java.util.Arrays;

/// A text's words, for the rules of prose.
///
/// A word is a run of characters without space. Han characters and Japanese kana, which are written
/// without spaces, are a word each, together with the punctuation that follows; [#weight] counts
/// them as parts of one.
final class Words {
  /// Han characters in a Chinese word: 1.76 on average in the 86,904 words of the Peking University
  /// test text of SIGHAN 2005.
  static final double IDEOGRAPHS_PER_WORD = 1.75;

  /// The first radical; what stands below is no ideograph.
  private static final char FIRST_IDEOGRAPH = '\u2e80';

  /// The full stop, the comma and others, before the mark of iteration.
  private static final char LAST_COMMON_MARK = '\u3004';

  private static final char FIRST_HALF_WIDTH_KATAKANA = '\uff66';

  private int[] starts = new int[256];
  private int[] ends = new int[256];
  private int count;
  private int ideographs;
  private final String text;

  Words(String text) {
    this.text = text;
    int length = text.length();
    int open = -1;
    boolean afterIdeograph = false;
    for (int i = 0; i < length; ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (c > '~' && ideograph(c)) {
        close(open, i);
        open = i;
        close(open, next);
        ideographs++;
        open = -1;
        afterIdeograph = true;
      } else if (Character.isWhitespace(c) || c == '\u00a0' || c == '\u3000') {
        close(open, i);
        open = -1;
        afterIdeograph = false;
      } else if (open < 0 && !(afterIdeograph && !Character.isLetterOrDigit(c))) {
        open = i;
        afterIdeograph = false;
      }
      i = next;
    }
    close(open, length);
  }

  private void close(int start, int end) {
    if (start < 0) {
      return;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    starts[count] = start;
    ends[count++] = end;
  }

  /// Thai, Lao, Burmese and Khmer: letters of scripts that write no spaces between words.
  static boolean spaceless(char c) {
    return c >= 0x0e00 && c <= 0x0eff || c >= 0x1000 && c <= 0x109f || c >= 0x1780 && c <= 0x17ff;
  }

  /// Whether it is a letter of Han, hiragana or katakana. What nearly all text has is told by
  /// ranges, which cost a tenth of asking for a script.
  static boolean ideograph(int c) {
    if (c < FIRST_IDEOGRAPH || c >= '\uff00' && c < FIRST_HALF_WIDTH_KATAKANA) {
      return false;
    }
    if (c >= '\u4e00' && c <= '\u9fff'
        || c >= '\u3041' && c <= '\u3096'
        || c >= '\u30a1' && c <= '\u30fa') {
      return true;
    }
    return c > LAST_COMMON_MARK && scripted(c);
  }

  /// The plain twin of [#ideograph].
  static boolean scripted(int c) {
    return switch (Character.UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA -> Character.isLetter(c);
      default -> false;
    };
  }

  int count() {
    return count;
  }

  int ideographs() {
    return ideographs;
  }

  /// How many words there are, where several ideographs make one.
  double weight() {
    return count - ideographs + ideographs / IDEOGRAPHS_PER_WORD;
  }

  /// UTF-16 units of one word.
  int length(int word) {
    return ends[word] - starts[word];
  }

  /// UTF-16 units of all words.
  long length() {
    long sum = 0;
    for (int w = 0; w < count; w++) {
      sum += length(w);
    }
    return sum;
  }

  String get(int word) {
    return text.substring(starts[word], ends[word]);
  }

  boolean alphabetic(int word) {
    for (int i = starts[word]; i < ends[word]; ) {
      int c = text.codePointAt(i);
      if (Character.isAlphabetic(c)) {
        return true;
      }
      i += Character.charCount(c);
    }
    return false;
  }

  /// Whether a word has neither letter nor digit.
  boolean mark(int word) {
    for (int i = starts[word]; i < ends[word]; ) {
      int c = text.codePointAt(i);
      if (Character.isLetterOrDigit(c)) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  /// Whether commas and full stops stand between blanks, four of five of them at least.
  boolean marksApart() {
    int apart = 0;
    int attached = 0;
    for (int w = 0; w < count; w++) {
      char last = text.charAt(ends[w] - 1);
      if (last == ',' || last == '.') {
        apart += length(w) == 1 ? 1 : 0;
        attached += length(w) == 1 ? 0 : 1;
      }
    }
    return apart > 4 * attached;
  }

  /// Each word's hash.
  long[] hashes() {
    long[] hashes = new long[count];
    for (int w = 0; w < count; w++) {
      long hash = length(w);
      for (int i = starts[w]; i < ends[w]; i++) {
        hash = (hash ^ text.charAt(i)) * Hash.GOLDEN;
      }
      hashes[w] = Hash.mix(hash);
    }
    return hashes;
  }
}
