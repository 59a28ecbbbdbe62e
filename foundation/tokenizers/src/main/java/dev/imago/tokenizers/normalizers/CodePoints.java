package dev.imago.tokenizers.normalizers;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// A set of code points, held as ranges.
final class CodePoints {
  /// First and last of each range, ascending.
  private final int[] bounds;

  private CodePoints(int[] bounds) {
    this.bounds = bounds;
  }

  /// Reads ranges such as `7fd 897-89f`: hexadecimal, ascending, apart.
  static CodePoints of(String ranges) {
    String[] words = ranges.strip().split("\\s+");
    int[] bounds = new int[2 * words.length];
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      int dash = word.indexOf('-');
      bounds[2 * i] = Integer.parseInt(dash < 0 ? word : word.substring(0, dash), 16);
      bounds[2 * i + 1] = Integer.parseInt(word.substring(dash + 1), 16);
    }
    return new CodePoints(bounds);
  }

  boolean contains(int codePoint) {
    int found = Arrays.binarySearch(bounds, codePoint);
    // A first, a last, or between a first and a last.
    return found >= 0 || (-1 - found) % 2 == 1;
  }

  void forEach(IntConsumer action) {
    for (int i = 0; i < bounds.length; i += 2) {
      IntStream.rangeClosed(bounds[i], bounds[i + 1]).forEach(action);
    }
  }
}
