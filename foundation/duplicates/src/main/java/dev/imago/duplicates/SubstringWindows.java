package dev.imago.duplicates;

/// The windows of so many characters of a text, each with its hash and that of its minimizer: of
/// the shorter windows within it the one of the least hash. Two windows that are the same have the
/// same minimizer, and neighbours mostly share theirs, so that few of them tell which windows can
/// be repeated at all. Schleimer, Wilkerson and Aiken 2003; Roberts et al. 2004.
final class SubstringWindows {
  private static final long BASE = 0xd6e8feb86659fd93L;

  /// Characters of a text that are looked at together: its memory is bounded, however long it is.
  private static final int BLOCK = 1 << 18;

  private final int length;
  private final int inner;
  private final long power;
  private final long innerPower;

  /// Is given a window.
  @FunctionalInterface
  interface EachWindow {
    /// @param at where it begins, in UTF-16 units
    /// @param hash of its characters
    /// @param minimizer of its minimizer's
    /// @param first whether the window before it, if any, has another minimizer
    void window(int at, long hash, long minimizer, boolean first);
  }

  /// @param length of a window, in characters
  SubstringWindows(int length) {
    this.length = length;
    this.inner = Math.max(1, length / 2);
    this.power = power(length);
    this.innerPower = power(inner);
  }

  private static long power(int n) {
    long power = 1;
    for (int i = 0; i < n; i++) {
      power *= BASE;
    }
    return power;
  }

  /// All windows, in order.
  void of(char[] text, EachWindow each) {
    int from = 0;
    while (from < text.length) {
      from = block(text, from, each);
    }
  }

  /// The windows that begin in a block; where the next one begins.
  private int block(char[] text, int from, EachWindow each) {
    int most = BLOCK + length - 1;
    int[] starts = new int[Math.min(most, text.length - from) + 1];
    int count = 0;
    int at = from;
    while (at < text.length && count < most) {
      starts[count++] = at;
      at += paired(text, at) ? 2 : 1;
    }
    starts[count] = at;
    if (count < length) {
      return text.length;
    }
    long[] sums = new long[count + 1];
    for (int i = 0; i < count; i++) {
      int c = text[starts[i]];
      c = starts[i + 1] - starts[i] == 2 ? c << 16 | text[starts[i] + 1] : c;
      sums[i + 1] = sums[i] * BASE + (c + 1) * Mixing.GOLDEN;
    }
    // Inner windows whose hashes rise, those of the window at hand: the least is the first.
    int inners = count - inner + 1;
    long[] hashes = new long[inners];
    for (int i = 0; i < inners; i++) {
      hashes[i] = Mixing.mix(sums[i + inner] - sums[i] * innerPower);
    }
    int[] queue = new int[inners];
    int head = 0;
    int tail = 0;
    int last = -1;
    for (int i = 0; i < inners; i++) {
      while (tail > head && hashes[queue[tail - 1]] >= hashes[i]) {
        tail--;
      }
      queue[tail++] = i;
      int window = i - (length - inner);
      if (window >= 0) {
        if (queue[head] < window) {
          head++;
        }
        int least = queue[head];
        each.window(
            starts[window],
            Mixing.mix(sums[window + length] - sums[window] * power),
            hashes[least],
            least != last);
        last = least;
      }
    }
    return count == most ? starts[BLOCK] : text.length;
  }

  private static boolean paired(char[] text, int at) {
    return Character.isHighSurrogate(text[at])
        && at + 1 < text.length
        && Character.isLowSurrogate(text[at + 1]);
  }
}
