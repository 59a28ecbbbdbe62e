package dev.imago.tokenizers.bytelevel;

/// The pattern of cl100k, Llama 3 and Qwen2:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+`.
public final class TiktokenSplitter extends Splitter {
  private final int mostDigits;
  private final boolean folded;
  private final boolean whole;

  /// @param mostDigits how many digits at most are a piece: 1, 3 or [Integer#MAX_VALUE]
  /// @param folded whether `'ſ` is a contraction, as Unicode's folding has it
  /// @param whole whether blanks that end the text are one piece: tiktoken's `\s++$` before the
  ///   rest
  public TiktokenSplitter(int mostDigits, boolean folded, boolean whole) {
    super(CharClass.NUMBER | CharClass.BLANK);
    this.mostDigits = mostDigits;
    this.folded = folded;
    this.whole = whole;
  }

  private int contraction(byte[] text, int from, int to) {
    return folded ? foldedContraction(text, from, to) : contraction(text, from, to, 0x20);
  }

  @Override
  public int end(byte[] text, int from, int to) {
    int first = text[from];
    if (first == '\'') {
      int end = contraction(text, from, to);
      if (end > 0) {
        return end;
      }
    }
    int c = Utf8Characters.classAt(text, from);
    int second = from + Utf8Characters.length(text[from]);
    if ((c & CharClass.LETTER) != 0) {
      return Utf8Characters.run(text, second, to, CharClass.LETTER);
    }
    if (c == CharClass.NUMBER) {
      return Utf8Characters.run(text, from, to, CharClass.NUMBER, mostDigits);
    }
    boolean other = (c & CharClass.OTHER) != 0;
    if (c != CharClass.NEWLINE && second < to) {
      int next = Utf8Characters.classAt(text, second);
      if ((next & CharClass.LETTER) != 0) {
        return Utf8Characters.run(text, second, to, CharClass.LETTER);
      }
      other |= first == ' ' && (next & CharClass.OTHER) != 0;
    }
    if (other) {
      int end = Utf8Characters.run(text, second, to, CharClass.OTHER);
      while (end < to && (text[end] == '\r' || text[end] == '\n')) {
        end++;
      }
      return end;
    }
    return blanks(text, from, to, true, whole, 0);
  }

  @Override
  long starts(Window w, byte[] text, int base, int to) {
    long letterStarts = w.letters & ~(w.letters << 1);
    long otherStarts = w.others & ~(w.others << 1) & ~(w.spaces << 1);
    // Newlines right after others belong to them: a run of them is what the sum carries through.
    long taken = w.newlines & ~(w.newlines + (w.newlines & w.others << 1));
    long newlines = w.newlines & ~taken;
    long blank = w.blanks | newlines;
    long starts = blank & ~(blank << 1);
    // A last blank starts a piece: with the letters after it, with others when it is a space,
    // alone.
    starts |= w.blanks & ~((w.blanks | w.newlines) >>> 1 | 1L << w.valid - 1);
    long indented = w.blanks & newlines << 1;
    if (indented != 0) {
      starts |= indents(w, indented, whole);
    }
    // One other alone before letters is theirs.
    long afterOne = w.continued + (otherStarts << 1) & ~w.continued;
    starts |= otherStarts | letterStarts & ~(w.blanks << 1) & ~afterOne;
    starts |= digits(w.numbers, mostDigits);
    long contracted = w.apostrophes & otherStarts & w.letters >>> 1;
    for (; contracted != 0; contracted &= contracted - 1) {
      int end = contraction(text, base + Long.numberOfTrailingZeros(contracted), to) - base;
      if (end > 0 && end < w.valid) {
        starts |= 1L << end;
      }
    }
    return starts;
  }
}
