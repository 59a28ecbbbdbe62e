package dev.imago.pages;

/// The runs of three words of texts, as hashes, and how many of another text's are among them. Case
/// and marks do not count.
final class TextRuns {
  /// What is longer is no text of a page's own data.
  private static final int LONGEST = 1 << 20;

  private static final int RUN = 3;

  /// Of more, what a page says of itself is no text of its own.
  private static final int MOST = 1 << 18;

  private long[] runs = new long[64];
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  void add(String text) {
    each(text.length() > LONGEST ? text.substring(0, LONGEST) : text, this::put);
  }

  private void put(long run) {
    if (count == MOST) {
      return;
    }
    if (2 * count >= runs.length) {
      long[] before = runs;
      runs = new long[4 * before.length];
      count = 0;
      for (long old : before) {
        if (old != 0) {
          put(old);
        }
      }
    }
    int at = place(run);
    count += runs[at] == 0 ? 1 : 0;
    runs[at] = run;
  }

  private boolean has(long run) {
    return runs[place(run)] == run;
  }

  private int place(long run) {
    int at = (int) (run >>> 32) & (runs.length - 1);
    while (runs[at] != 0 && runs[at] != run) {
      at = (at + 1) & (runs.length - 1);
    }
    return at;
  }

  /// How much of a text's runs is known, 0 … 1; 0 for one of fewer than three words.
  double share(String text) {
    if (count == 0) {
      return 0;
    }
    int[] found = new int[2];
    each(
        text,
        run -> {
          found[0]++;
          found[1] += has(run) ? 1 : 0;
        });
    return found[0] == 0 ? 0 : (double) found[1] / found[0];
  }

  /// What is done with a run.
  private interface Taker {
    void take(long run);
  }

  /// A character of Chinese or Japanese is a word.
  private static void each(String text, Taker taker) {
    long[] words = new long[RUN];
    int n = 0;
    long word = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      boolean letter = Character.isLetterOrDigit(c);
      if (word != 0 && (!letter || c >= 0x2e80)) {
        words[n++ % RUN] = word;
        word = 0;
        run(words, n, taker);
      }
      if (letter && c >= 0x2e80) {
        words[n++ % RUN] = c;
        run(words, n, taker);
      } else if (letter) {
        word = word * 1_000_003 + Character.toLowerCase(c) + 1;
      }
    }
  }

  private static void run(long[] words, int n, Taker taker) {
    if (n >= RUN) {
      long run = 0;
      for (int k = n - RUN; k < n; k++) {
        run = (run + words[k % RUN]) * 0x9E3779B97F4A7C15L;
        run ^= run >>> 29;
      }
      taker.take(run == 0 ? 1 : run);
    }
  }
}
