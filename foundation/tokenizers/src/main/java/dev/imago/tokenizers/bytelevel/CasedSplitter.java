package dev.imago.tokenizers.bytelevel;

/// The pattern of o200k (GPT-4o), and of Mistral's Tekken, which has no contractions: letters are
/// cut before a capital that follows a small one.
///
/// With `U` for `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `l` for `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and `c` for
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)?`: `[^\r\n\p{L}\p{N}]?U*l+c|[^\r\n\p{L}\p{N}]?U+l*c|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n/]*|` `\s*[\r\n]+|\s+(?!\S)|\s+`.
public final class CasedSplitter extends Splitter {
  private static final int BOTH = CharClass.CASELESS | CharClass.MARK;
  private static final int CAPITALS = CharClass.UPPER | BOTH;
  private static final int SMALL = CharClass.LOWER | BOTH;

  private final int mostDigits;
  private final boolean contractions;

  /// @param mostDigits how many digits at most are a piece: 1, 3 or [Integer#MAX_VALUE]
  /// @param contractions whether `'s` and the like end a word
  public CasedSplitter(int mostDigits, boolean contractions) {
    super(CharClass.NUMBER | CharClass.BLANK | CharClass.MARK);
    this.mostDigits = mostDigits;
    this.contractions = contractions;
  }

  @Override
  public int end(byte[] text, int from, int to) {
    int c = Utf8Characters.classAt(text, from);
    int second = from + Utf8Characters.length(text[from]);
    int next = second < to ? Utf8Characters.classAt(text, second) : 0;
    boolean prefixes = (c & (CharClass.NEWLINE | CharClass.LETTER | CharClass.NUMBER)) == 0;
    int end = prefixes ? endOfSmall(text, second, to) : 0;
    if (end == 0) {
      end = endOfSmall(text, from, to);
    }
    if (end == 0 && prefixes && (next & CAPITALS) != 0) {
      end = Utf8Characters.run(text, second, to, CAPITALS);
    }
    if (end == 0 && (c & CAPITALS) != 0) {
      end = Utf8Characters.run(text, from, to, CAPITALS);
    }
    if (end > 0) {
      int contracted =
          contractions && end < to && text[end] == '\'' ? contracted(text, end, to) : 0;
      return Math.max(end, contracted);
    }
    if (c == CharClass.NUMBER) {
      return Utf8Characters.run(text, from, to, CharClass.NUMBER, mostDigits);
    }
    if ((c & CharClass.OTHER) != 0 || text[from] == ' ' && (next & CharClass.OTHER) != 0) {
      end = Utf8Characters.run(text, second, to, CharClass.OTHER);
      while (end < to && (text[end] == '\r' || text[end] == '\n' || text[end] == '/')) {
        end++;
      }
      return end;
    }
    return blanks(text, from, to, true, false, 0);
  }

  private static int contracted(byte[] text, int from, int to) {
    return foldedContraction(text, from, to);
  }

  /// The end of `U*l+`, or 0. When no small letter follows, the last that is both gives the `l+`.
  private static int endOfSmall(byte[] text, int from, int to) {
    int both = 0;
    int i = from;
    while (i < to) {
      int c = Utf8Characters.classAt(text, i);
      if ((c & CAPITALS) == 0) {
        break;
      }
      i += Utf8Characters.length(text[i]);
      if ((c & BOTH) != 0) {
        both = i;
      }
    }
    int end = Utf8Characters.run(text, i, to, SMALL);
    return end > i ? end : both;
  }

  @Override
  long starts(Window w, byte[] text, int base, int to) {
    w.loadCases(text, base);
    long unsure = w.upper & w.caseless << 1;
    if (unsure != 0) {
      // «漢A»: whether a piece ends here depends on what follows the capitals.
      w.end(Long.numberOfTrailingZeros(unsure));
    }
    long slashes = 0;
    long trailing = w.newlines & w.others << 1;
    if (trailing != 0) {
      slashes = slashes(text, base, w.others & ~w.continued);
    }
    long taken = flood(trailing, w.newlines | slashes);
    long others = w.others & ~taken;
    long newlines = w.newlines & ~taken;
    long letterStarts = w.letters & ~(w.letters << 1);
    long otherStarts = others & ~(others << 1) & ~(w.spaces << 1);
    long blank = w.blanks | newlines;
    long starts = blank & ~(blank << 1);
    starts |= w.blanks & ~((w.blanks | w.newlines) >>> 1 | 1L << w.valid - 1);
    long indented = w.blanks & newlines << 1;
    if (indented != 0) {
      starts |= indents(w, indented, false);
    }
    long afterOne = w.continued + (otherStarts << 1) & ~w.continued;
    starts |= otherStarts | letterStarts & ~(w.blanks << 1) & ~afterOne;
    starts |= w.upper & w.letters & w.lower << 1;
    starts |= digits(w.numbers, mostDigits);
    return contractions ? contract(w, starts, text, base, to) : starts;
  }

  private static long contract(Window w, long starts, byte[] text, int base, int to) {
    // The window's last byte too: whether the word ends before it depends on what follows.
    long contracted = w.apostrophes & w.letters << 1 & (w.letters >>> 1 | 1L << w.valid - 1);
    int last = 0;
    for (; contracted != 0; contracted &= contracted - 1) {
      int at = Long.numberOfTrailingZeros(contracted);
      int end = contracted(text, base + at, to) - base;
      // Right after another contraction, or where the window starts, no word goes before.
      if (end > 0 && at != last) {
        starts &= ~(inside(at, end) | 1L << at);
        starts |= end < w.valid ? 1L << end : 0;
        last = end;
      }
    }
    return starts;
  }

  private static long slashes(byte[] text, int base, long others) {
    long slashes = 0;
    for (; others != 0; others &= others - 1) {
      int at = Long.numberOfTrailingZeros(others);
      slashes |= text[base + at] == '/' ? 1L << at : 0;
    }
    return slashes;
  }

  /// The bits of `within` that runs from `seeds` on reach.
  private static long flood(long seeds, long within) {
    for (int step = 1; step < Window.SIZE && seeds != 0; step *= 2) {
      seeds |= within & seeds << step;
      within &= within << step;
    }
    return seeds;
  }
}
