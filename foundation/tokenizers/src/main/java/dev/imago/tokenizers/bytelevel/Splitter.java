package dev.imago.tokenizers.bytelevel;

/// Cuts text into the pieces within which byte pairs are merged, as a regex would and without one.
///
/// Each kind has two twins. [#end] finds one piece by looking at one character after the other.
/// [#cut] finds many: it classifies 64 bytes into masks ([Window]) and computes the starts of all
/// pieces in them by arithmetic on the masks. A piece depends on nothing before it, so that a
/// window starts where a piece does and its last piece, whose end it does not see, starts the next
/// window. What the masks do not tell (rare characters, pieces longer than a window) is left to
/// [#end].
///
/// In the masks' arithmetic, `x << 1` is «the byte before is x» and `x >>> 1` «the byte after is
/// x». Immutable.
public abstract sealed class Splitter
    permits Gpt2Splitter, TiktokenSplitter, CasedSplitter, DeepSeekSplitter {
  private final int hard;

  /// @param hard classes of characters of several bytes that [#starts] does not know; 0 when it
  ///   knows no class at all
  Splitter(int hard) {
    this.hard = hard;
  }

  /// The end of the piece that starts at `from`. Every piece holds at least one character.
  ///
  /// @param text valid UTF-8
  /// @param to where the text ends
  public abstract int end(byte[] text, int from, int to);

  /// Where pieces start in the window at `base`, one bit each. Bits that what lies beyond the
  /// window could change are left out.
  abstract long starts(Window window, byte[] text, int base, int to);

  /// The ends of the pieces from `from` on, as many as `ends` has room for.
  ///
  /// @param ends of 128 items or more
  /// @return how many ends there are; when the last is not `to`, there are more pieces
  public final int cut(byte[] text, int from, int to, int[] ends) {
    var window = new Window();
    int room = ends.length - Window.SIZE - 1;
    int count = 0;
    int base = from;
    int plainUntil = hard == 0 ? to : from;
    while (base < to && count <= room) {
      if (base < plainUntil) {
        base = end(text, base, to);
        ends[count++] = base;
        continue;
      }
      window.load(text, base, to, hard);
      long starts = window.valid == 0 ? 0 : starts(window, text, base, to) & ~1L;
      if (starts == 0 && !window.last) {
        // A long piece, or a hard character: not worth another window at once.
        plainUntil = base + Window.SIZE;
        continue;
      }
      int found = Long.bitCount(starts);
      int at = count;
      // Eight at a time, some of them too many: cheaper than a branch that goes wrong.
      for (long left = starts; left != 0; at += 8) {
        for (int k = 0; k < 8; k++) {
          ends[at + k] = base + Long.numberOfTrailingZeros(left);
          left &= left - 1;
        }
      }
      count += found;
      if (window.last) {
        ends[count++] = to;
        base = to;
      } else {
        base = ends[count - 1];
      }
    }
    return count;
  }

  /// The end of a contraction whose apostrophe is at `from`, or 0. A byte of a longer character is
  /// negative, so that it is none of these letters.
  ///
  /// @param fold 0x20 to take capitals too, else 0
  static int contraction(byte[] text, int from, int to, int fold) {
    if (from + 1 >= to) {
      return 0;
    }
    int second = from + 2 < to ? text[from + 2] | fold : 0;
    return switch (text[from + 1] | fold) {
      case 's', 't', 'm', 'd' -> from + 2;
      case 'r', 'v' -> second == 'e' ? from + 3 : 0;
      case 'l' -> second == 'l' ? from + 3 : 0;
      default -> 0;
    };
  }

  /// As [#contraction] with capitals, and with U+017F ſ, which Unicode's folding takes for an s.
  static int foldedContraction(byte[] text, int from, int to) {
    return from + 2 < to && text[from + 1] == (byte) 0xc5 && text[from + 2] == (byte) 0xbf
        ? from + 3
        : contraction(text, from, to, 0x20);
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, or without the first.
  ///
  /// @param lines whether a piece ends with its last line
  /// @param whole whether blanks that end the text are one piece all the same
  /// @param walls classes at which the text counts as ended
  static int blanks(byte[] text, int from, int to, boolean lines, boolean whole, int walls) {
    int newlines = 0;
    int last = from;
    int end = from;
    int c = 0;
    while (end < to) {
      c = Utf8Characters.classAt(text, end);
      if ((c & CharClass.BLANK) == 0) {
        break;
      }
      last = end;
      end += Utf8Characters.length(text[end]);
      if (c == CharClass.NEWLINE) {
        newlines = end;
      }
    }
    if (lines && newlines > 0 && !(whole && end == to)) {
      return newlines;
    }
    return end < to && (c & walls) == 0 && last > from ? last : end;
  }

  /// The bits after `at` and before `end`, which is at most 3 more.
  static long inside(int at, int end) {
    return (end - at == 2 ? 1L : 3L) << at << 1;
  }

  /// Starts of pieces among digits that come `most` at a time.
  static long digits(long numbers, int most) {
    long starts = numbers & ~(numbers << 1);
    if (most == 1) {
      return numbers;
    }
    if (most == 3) {
      long whole = numbers & numbers << 1 & numbers << 2 & numbers << 3;
      for (long next = starts << 3 & whole; next != 0; next = next << 3 & whole) {
        starts |= next;
      }
    }
    return starts;
  }

  /// Of blanks after a newline that ends no piece: those at which a piece starts, because their run
  /// does not end in another newline.
  ///
  /// @param whole whether blanks that end the text are one piece
  static long indents(Window window, long starts, boolean whole) {
    long blanks = window.blanks;
    boolean open = (blanks >>> window.valid - 1 & 1) != 0;
    if (!open && ((blanks + starts) & ~blanks & window.newlines) == 0) {
      return starts;
    }
    long kept = 0;
    for (long left = starts; left != 0; left &= left - 1) {
      int start = Long.numberOfTrailingZeros(left);
      int end = start + Long.numberOfTrailingZeros(~(blanks >>> start));
      if (end >= window.valid ? window.last && !whole : (window.newlines >>> end & 1) == 0) {
        kept |= 1L << start;
      }
    }
    return kept;
  }
}
