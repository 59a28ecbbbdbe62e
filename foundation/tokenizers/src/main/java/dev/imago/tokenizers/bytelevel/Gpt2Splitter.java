package dev.imago.tokenizers.bytelevel;

/// GPT-2's pattern, `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
/// alone or after digits have been cut out of the text.
public final class Gpt2Splitter extends Splitter {
  private final int mostDigits;

  /// @param mostDigits how many digits at most are cut out as a piece first: 1, 3,
  ///   [Integer#MAX_VALUE], or 0 when digits are a matter of the pattern
  public Gpt2Splitter(int mostDigits) {
    super(CharClass.NUMBER | CharClass.BLANK);
    this.mostDigits = mostDigits;
  }

  @Override
  public int end(byte[] text, int from, int to) {
    int first = text[from];
    if (first == '\'') {
      int end = contraction(text, from, to, 0);
      if (end > 0) {
        return end;
      }
    }
    int start = first == ' ' && from + 1 < to ? from + 1 : from;
    int c = Utf8Characters.classAt(text, start);
    if (mostDigits > 0 && c == CharClass.NUMBER) {
      return start > from
          ? start
          : Utf8Characters.run(text, from, to, CharClass.NUMBER, mostDigits);
    }
    if ((c & CharClass.BLANK) != 0) {
      return blanks(text, from, to, false, false, mostDigits > 0 ? CharClass.NUMBER : 0);
    }
    int run =
        (c & CharClass.LETTER) != 0
            ? CharClass.LETTER
            : c == CharClass.NUMBER ? CharClass.NUMBER : CharClass.OTHER;
    return Utf8Characters.run(text, start, to, run);
  }

  @Override
  long starts(Window w, byte[] text, int base, int to) {
    long blank = w.blanks | w.newlines;
    long letterStarts = w.letters & ~(w.letters << 1);
    long otherStarts = w.others & ~(w.others << 1);
    // A last blank starts a piece, alone or with what follows when it is a space.
    long blanksEnd = ~(blank >>> 1 | 1L << w.valid - 1);
    long starts = blank & ~(blank << 1);
    long joining = letterStarts | otherStarts;
    if (mostDigits == 0) {
      joining |= digits(w.numbers, Integer.MAX_VALUE);
    } else {
      starts |= digits(w.numbers, mostDigits);
      blanksEnd &= ~(w.numbers >>> 1);
    }
    starts |= blank & blanksEnd | joining & ~(w.spaces << 1);
    long contracted = w.apostrophes & otherStarts & ~(w.spaces << 1) & w.letters >>> 1;
    for (; contracted != 0; contracted &= contracted - 1) {
      int at = Long.numberOfTrailingZeros(contracted);
      int end = contraction(text, base + at, to, 0) - base;
      if (end > 0) {
        starts &= ~inside(at, end);
        starts |= end < w.valid ? 1L << end : 0;
      }
    }
    return starts;
  }
}
