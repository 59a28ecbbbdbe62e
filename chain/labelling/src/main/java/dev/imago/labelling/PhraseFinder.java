package dev.imago.labelling;

import java.util.Collection;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// Finds phrases in a text, whatever the case of their letters: whole words, and of ideographs,
/// which no blank parts, wherever they stand. Of several at one place the longest.
final class PhraseFinder {
  /// Takes a match, in UTF-16 units.
  interface Found {
    void at(int from, int to);
  }

  private final Set<String> phrases = new HashSet<>();
  private final NavigableSet<Integer> lengths = new TreeSet<>();

  PhraseFinder(Collection<String> phrases) {
    for (String phrase : phrases) {
      String folded = folded(phrase.strip());
      if (!folded.isEmpty() && this.phrases.add(folded)) {
        lengths.add(folded.length());
      }
    }
  }

  int size() {
    return phrases.size();
  }

  /// Unit by unit, so that positions stay.
  private static String folded(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = Character.toLowerCase(chars[i]);
    }
    return new String(chars);
  }

  void find(String text, Found found) {
    String folded = folded(text);
    for (int at = 0; at < folded.length(); ) {
      int length = isEdge(folded, at) ? longest(folded, at) : 0;
      if (length > 0) {
        found.at(at, at + length);
      }
      at += Math.max(1, length);
    }
  }

  private int longest(String text, int at) {
    for (int length : lengths.descendingSet()) {
      if (at + length <= text.length()
          && isEdge(text, at + length)
          && phrases.contains(text.substring(at, at + length))) {
        return length;
      }
    }
    return 0;
  }

  /// Whether no word goes on over this place.
  private static boolean isEdge(String text, int at) {
    return at == 0
        || at == text.length()
        || !isPart(text.codePointBefore(at))
        || !isPart(text.codePointAt(at));
  }

  private static boolean isPart(int c) {
    return (Character.isLetterOrDigit(c) || c == '_') && !Character.isIdeographic(c);
  }
}
