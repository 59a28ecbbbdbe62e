package dev.imago.evaluate;

import dev.imago.data.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/// What a text states, a sentence a statement, and what of a long source stands beside each.
final class Statements {
  private Statements() {}

  /// The sentences of a text, line by line; what holds neither letter nor digit is none.
  static List<String> of(String text) {
    return text.lines()
        .flatMap(line -> Sentences.of(line).stream())
        .filter(s -> s.codePoints().anyMatch(Character::isLetterOrDigit))
        .toList();
  }

  /// A source in windows of whole sentences, each as long as is wanted and fits, the last sentence
  /// of one the first of the next: the whole of it where that is one. A sentence that is longer
  /// alone is a window of its own, too long.
  ///
  /// @param most sentences of a window, at least 1
  /// @param size of a text, in tokens
  /// @param room for a window, in tokens
  static List<String> windows(String source, int most, ToIntFunction<String> size, int room) {
    List<String> sentences = of(source);
    int[] sizes = sentences.stream().mapToInt(s -> size.applyAsInt(" " + s)).toArray();
    var windows = new ArrayList<String>();
    int from = 0;
    while (from < sizes.length) {
      int to = from + 1;
      int tokens = sizes[from];
      while (to < sizes.length && to - from < most && tokens + sizes[to] <= room) {
        tokens += sizes[to++];
      }
      windows.add(String.join(" ", sentences.subList(from, to)));
      if (to == sizes.length) {
        break;
      }
      boolean shared = to - from > 1 && sizes[to - 1] + sizes[to] <= room;
      from = shared ? to - 1 : to;
    }
    return windows.size() < 2 ? List.of(source) : windows;
  }
}
