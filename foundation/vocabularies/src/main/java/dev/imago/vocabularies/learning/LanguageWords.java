package dev.imago.vocabularies.learning;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The most frequent words.
public final class LanguageWords {
  /// The least frequent first, of equals the last by its bytes: the one to go.
  private static final Comparator<Word> WORST_FIRST =
      Comparator.comparingLong(Word::count)
          .thenComparing(Word::utf8, (a, b) -> Arrays.compareUnsigned(b, a));

  private record Word(byte[] utf8, long count) {}

  private LanguageWords() {}

  /// The `most` most frequent words that occur `least` times or more, the most frequent first, of
  /// equals the first by its bytes.
  public static List<String> of(CountedWords words, int most, long least) {
    var queue = new PriorityQueue<Word>(WORST_FIRST);
    words.forEach(
        (text, from, to, count) -> {
          if (most > 0 && count >= least) {
            boolean full = queue.size() == most;
            if (!full || count >= queue.element().count()) {
              queue.add(new Word(Arrays.copyOfRange(text, from, to), count));
              if (full) {
                queue.remove();
              }
            }
          }
        });
    var found = new ArrayList<String>();
    while (!queue.isEmpty()) {
      found.add(new String(queue.remove().utf8(), StandardCharsets.UTF_8));
    }
    return found.reversed();
  }
}
