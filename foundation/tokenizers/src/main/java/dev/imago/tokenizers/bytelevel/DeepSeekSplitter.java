package dev.imago.tokenizers.bytelevel;

/// DeepSeek-V3's three patterns, each within the pieces of the one before: `\p{N}{1,3}`, then runs
/// of Chinese and kana `[一-龥぀-ゟ゠-ヿ]+`, then
/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|`` `
/// ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`. What no pattern matches is a piece too.
public final class DeepSeekSplitter extends Splitter {
  private static final int WORD = CharClass.LETTER | CharClass.MARK;

  /// Beside the classes: a character of the second pattern.
  private static final int CHINESE = 1 << 20;

  public DeepSeekSplitter() {
    super(0);
  }

  private static int classAt(byte[] text, int i) {
    int c = Utf8Characters.classAt(text, i);
    if (text[i] < 0) {
      int p = Utf8Characters.codePoint(text, i);
      if (p >= 0x4e00 && p <= 0x9fa5 || p >= 0x3040 && p <= 0x30ff) {
        return CHINESE;
      }
    }
    return c;
  }

  private static int run(byte[] text, int i, int to, int classes) {
    while (i < to && (classAt(text, i) & classes) != 0) {
      i += Utf8Characters.length(text[i]);
    }
    return i;
  }

  @Override
  public int end(byte[] text, int from, int to) {
    int c = classAt(text, from);
    if (c == CharClass.NUMBER) {
      return Utf8Characters.run(text, from, to, CharClass.NUMBER, 3);
    }
    if (c == CHINESE) {
      return run(text, from, to, CHINESE);
    }
    int second = from + Utf8Characters.length(text[from]);
    int next = second < to ? classAt(text, second) : 0;
    boolean asciiSymbol = c == CharClass.SYMBOL && text[from] > 0;
    if (asciiSymbol && next != 0 && asciiLetter(text[second])) {
      int end = second;
      while (end < to && asciiLetter(text[end])) {
        end++;
      }
      return end;
    }
    boolean prefixes = (c & (CharClass.NEWLINE | CharClass.LETTER | CharClass.SYMBOL)) == 0;
    if (prefixes && (next & WORD) != 0) {
      return run(text, second, to, WORD);
    }
    if ((c & WORD) != 0) {
      return run(text, from, to, WORD);
    }
    if (c == CharClass.SYMBOL || text[from] == ' ' && next == CharClass.SYMBOL) {
      int end = run(text, second, to, CharClass.SYMBOL);
      while (end < to && (text[end] == '\r' || text[end] == '\n')) {
        end++;
      }
      return end;
    }
    if ((c & CharClass.BLANK) != 0) {
      return blanks(text, from, wall(text, from, to), true, false, CharClass.NUMBER);
    }
    return unmatched(text, second, to);
  }

  /// Where blanks run into Chinese, the text of the third pattern ends.
  private static int wall(byte[] text, int from, int to) {
    int end = run(text, from, to, CharClass.BLANK);
    return end < to && classAt(text, end) == CHINESE ? end : to;
  }

  private static boolean asciiLetter(byte b) {
    return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
  }

  /// Controls and the like, up to where a pattern matches again.
  private static int unmatched(byte[] text, int from, int to) {
    int end = from;
    while (end < to && classAt(text, end) == CharClass.REST) {
      int next = end + Utf8Characters.length(text[end]);
      if (next < to && (classAt(text, next) & WORD) != 0) {
        break; // it is the one character that may stand before a word
      }
      end = next;
    }
    return end;
  }

  @Override
  long starts(Window window, byte[] text, int base, int to) {
    return 0;
  }
}
