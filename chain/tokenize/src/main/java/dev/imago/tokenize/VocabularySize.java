package dev.imago.tokenize;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How many tokens suit a corpus, where a recipe leaves it open: 1,024 for a megabyte and twice as
/// many for four times the text, 4,096 at most, and beside these each character beyond ASCII that
/// is among the commonest which make up 98 % of the text. A byte-level tokenizer needs two or three
/// tokens for such a character until it has one for it: a small vocabulary for much Chinese would
/// hold bytes and hardly a word.
final class VocabularySize {
  private static final int OF_A_MEGABYTE = 1024;
  private static final int LEAST = 512;
  private static final int MOST = 4096;
  private static final double COVERED = 0.98;

  /// A multiple of this suits the matrix products.
  private static final int STEP = 64;

  private final long[] counts = new long[Character.MAX_CODE_POINT + 1];
  private long bytes;

  /// Takes a text into account.
  void add(String text, long utf8Bytes) {
    bytes += utf8Bytes;
    text.codePoints().forEach(c -> counts[c]++);
  }

  int get() {
    return of(bytes, characters());
  }

  static int of(long bytes, int characters) {
    double byText = OF_A_MEGABYTE * Math.sqrt(bytes / 1e6);
    int size = (int) Math.clamp(Math.round(byText), LEAST, MOST) + characters;
    return (size + STEP - 1) / STEP * STEP;
  }

  /// How many of the commonest characters that make up nearly all of the text are not ASCII.
  private int characters() {
    long all = Arrays.stream(counts).sum();
    int[] commonest =
        IntStream.range(0, counts.length)
            .filter(c -> counts[c] > 0)
            .boxed()
            .sorted(Comparator.comparingLong((Integer c) -> -counts[c]).thenComparing(c -> c))
            .mapToInt(Integer::intValue)
            .toArray();
    long covered = 0;
    int beyond = 0;
    for (int i = 0; i < commonest.length && covered < COVERED * all; i++) {
      covered += counts[commonest[i]];
      beyond += commonest[i] > '~' ? 1 : 0;
    }
    return beyond;
  }
}
