package dev.imago.duplicates;

import java.util.Random;

/// Texts that repeat each other more or less.
final class RepeatingTexts {
  private RepeatingTexts() {}

  static String words(Random random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append('w').append(random.nextInt(5000)).append(i % 12 == 11 ? ".\n" : " ");
    }
    return text.toString();
  }

  static String ideographs(Random random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i % 20 == 19 ? '。' : (char) (0x4e00 + random.nextInt(3000)));
    }
    return text.toString();
  }

  /// The same text, its last words replaced by others.
  static String changed(Random random, String text, double share) {
    int from = (int) (text.length() * (1 - share));
    while (from > 0 && text.charAt(from - 1) != ' ') {
      from--;
    }
    return text.substring(0, from) + words(random, Math.max(1, (text.length() - from) / 6));
  }
}
