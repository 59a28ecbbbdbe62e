package dev.imago.tokenizers.bytelevel;

/// The classes of 64 bytes of text, one bit a byte, the first byte's lowest. ASCII is classified
/// eight bytes at a time by arithmetic on longs; every byte of a longer character has its class.
///
/// Characters whose rules are more than a class (wide blanks and digits, say) are not looked at:
/// the window ends before the first of them.
final class Window {
  static final int SIZE = 64;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /// Bits at 0, 9, 18 …: times this, the low bits of eight bytes gather in the top byte.
  private static final long GATHER = 0x0102040810204080L;

  private final byte[] padded = new byte[SIZE];

  /// Bytes that the window holds, 0 … 64; what lies beyond is not known.
  int valid;

  /// Whether the text ends with the window.
  boolean last;

  long letters;
  long numbers;

  /// 0x20 alone.
  long spaces;

  /// White space but `\r` and `\n`.
  long blanks;

  long newlines;
  long others;
  long apostrophes;

  /// Bytes of [#others] that do not start their character.
  long continued;

  /// Of [#letters], where [#loadCases] was called: `\p{Lu}`, `\p{Ll}`, and those without case.
  long upper;

  long lower;
  long caseless;

  /// Classifies `text[base, base + 64)`, or less where the text ends.
  ///
  /// @param hard classes of characters of several bytes, before which the window ends
  void load(byte[] text, int base, int to, int hard) {
    int size = Math.min(SIZE, to - base);
    byte[] from = text;
    int at = base;
    if (base + SIZE > text.length) {
      System.arraycopy(text, base, padded, 0, size);
      from = padded;
      at = 0;
    }
    long lettersFound = 0;
    long numbersFound = 0;
    long spacesFound = 0;
    long controlsFound = 0;
    long newlinesFound = 0;
    long apostrophesFound = 0;
    long wide = 0;
    for (int i = 0; i < SIZE; i += 8) {
      long x = Bytes.longAt(from, at + i);
      long low = x & ~HIGHS;
      // A sum's high bit says whether a byte is at least some bound: no carry leaves its byte.
      long folded = low | 0x20 * ONES;
      long letter = folded + (0x80 - 'a') * ONES & ~(folded + (0x7f - 'z') * ONES);
      long number = low + (0x80 - '0') * ONES & ~(low + (0x7f - '9') * ONES);
      long control = low + (0x80 - '\t') * ONES & ~(low + (0x7f - '\r') * ONES);
      long space = ~((low ^ 0x20 * ONES) + 0x7f * ONES);
      long newline = ~(((low ^ '\n' * ONES) + 0x7f * ONES) & ((low ^ '\r' * ONES) + 0x7f * ONES));
      long apostrophe = ~((low ^ '\'' * ONES) + 0x7f * ONES);
      long ascii = ~x & HIGHS;
      lettersFound |= gather(letter & ascii) << i;
      numbersFound |= gather(number & ascii) << i;
      controlsFound |= gather(control & ascii) << i;
      spacesFound |= gather(space & ascii) << i;
      newlinesFound |= gather(newline & ascii) << i;
      apostrophesFound |= gather(apostrophe & ascii) << i;
      wide |= gather(x & HIGHS) << i;
    }
    long mask = -1L >>> SIZE - size;
    letters = lettersFound & mask;
    numbers = numbersFound & mask;
    spaces = spacesFound & mask;
    newlines = newlinesFound & mask;
    blanks = (controlsFound & ~newlinesFound | spacesFound) & mask;
    apostrophes = apostrophesFound & mask;
    others = ~(lettersFound | numbersFound | controlsFound | spacesFound | wide) & mask;
    continued = 0;
    valid = size;
    last = base + size == to;
    if ((wide & mask) != 0) {
      widen(text, base, wide & mask, hard);
    }
  }

  private static long gather(long highs) {
    return (highs >>> 7) * GATHER >>> 56;
  }

  private void widen(byte[] text, int base, long wide, int hard) {
    while (wide != 0) {
      int at = Long.numberOfTrailingZeros(wide);
      int length = Utf8Characters.length(text[base + at]);
      if (at + length > valid) {
        end(at);
        return;
      }
      int c = CharClass.of(Utf8Characters.codePoint(text, base + at));
      long bits = -1L >>> SIZE - length << at;
      if ((c & hard) != 0) {
        end(at);
        return;
      } else if ((c & CharClass.LETTER) != 0) {
        letters |= bits;
      } else {
        others |= bits;
        continued |= bits & bits << 1;
      }
      wide &= ~bits;
    }
  }

  /// Ends the window earlier.
  void end(int at) {
    valid = at;
    last = false;
    long mask = (1L << at) - 1;
    letters &= mask;
    numbers &= mask;
    spaces &= mask;
    newlines &= mask;
    blanks &= mask;
    apostrophes &= mask;
    others &= mask;
    continued &= mask;
  }

  /// Tells the letters of the window by their case.
  void loadCases(byte[] text, int base) {
    long found = 0;
    long ascii = 0;
    byte[] from = text;
    int at = base;
    if (base + SIZE > text.length) {
      from = padded;
      at = 0;
    }
    for (int i = 0; i < SIZE; i += 8) {
      long x = Bytes.longAt(from, at + i);
      found |= gather(x << 2 & HIGHS) << i;
      ascii |= gather(~x & HIGHS) << i;
    }
    lower = letters & found & ascii;
    upper = letters & ~found & ascii;
    caseless = 0;
    long wide = letters & ~ascii;
    while (wide != 0) {
      int start = Long.numberOfTrailingZeros(wide);
      long bits = -1L >>> SIZE - Utf8Characters.length(text[base + start]) << start;
      switch (CharClass.of(Utf8Characters.codePoint(text, base + start))) {
        case CharClass.UPPER -> upper |= bits;
        case CharClass.LOWER -> lower |= bits;
        default -> caseless |= bits;
      }
      wide &= ~bits;
    }
  }
}
