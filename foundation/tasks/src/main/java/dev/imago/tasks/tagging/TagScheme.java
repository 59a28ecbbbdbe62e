package dev.imago.tasks.tagging;

import dev.imago.metrics.Span;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// How tags say where spans begin and end, recognised by the tags themselves. Ramshaw & Marcus
/// 1995; Tjong Kim Sang & Veenstra 1999.
enum TagScheme {
  /// `B` where a span follows another of its type at once, `I` elsewhere.
  IOB1,
  /// Every span begins with `B`: BIO.
  IOB2,
  /// `E` where a span is followed by another of its type at once, `I` elsewhere.
  IOE1,
  /// Every span ends with `E`.
  IOE2,
  /// `B` … `E`, and `S` for one word.
  IOBES,
  /// The same with `L` and `U`.
  BILOU,
  /// The same as the first with `M` for `I`.
  BMES;

  /// A tag of any of them.
  static final Pattern TAG = Pattern.compile("O|[BIESMUL]-\\S+");

  /// @param sentences tags, each matched by [#TAG]
  static TagScheme of(List<List<String>> sentences) {
    Set<Character> letters = new TreeSet<>();
    sentences.forEach(
        tags -> tags.stream().filter(t -> !t.equals("O")).forEach(t -> letters.add(t.charAt(0))));
    if (letters.contains('U') || letters.contains('L')) {
      return BILOU;
    }
    if (letters.contains('M')) {
      return BMES;
    }
    if (letters.contains('S') || letters.contains('B') && letters.contains('E')) {
      return IOBES;
    }
    if (letters.contains('E')) {
      return sentences.stream().allMatch(TagScheme::endsInE) ? IOE2 : IOE1;
    }
    long free = sentences.stream().mapToLong(tags -> begins(tags, 'B')).sum();
    long inside = sentences.stream().mapToLong(tags -> begins(tags, 'I')).sum();
    return free > inside || !letters.contains('I') ? IOB2 : IOB1;
  }

  /// How many spans begin with a letter behind a word of none or of another type.
  private static long begins(List<String> tags, char letter) {
    long count = 0;
    for (int i = 0; i < tags.size(); i++) {
      String type = Span.type(tags.get(i));
      String before = i == 0 ? "" : Span.type(tags.get(i - 1));
      count += !type.isEmpty() && !type.equals(before) && tags.get(i).charAt(0) == letter ? 1 : 0;
    }
    return count;
  }

  private static boolean endsInE(List<String> tags) {
    for (int i = 0; i < tags.size(); i++) {
      String type = Span.type(tags.get(i));
      String next = i + 1 < tags.size() ? Span.type(tags.get(i + 1)) : "";
      if (!type.isEmpty() && !type.equals(next) && tags.get(i).charAt(0) != 'E') {
        return false;
      }
    }
    return true;
  }

  /// Whether a tag may not stand where it does: it goes on with nothing, or leaves a span open.
  ///
  /// @param goesOn whether a span of its type is open before it
  /// @param open whether one is that has not ended
  boolean breaks(char letter, boolean goesOn, boolean open) {
    boolean inner = letter == 'I' || letter == 'M' || letter == 'E' || letter == 'L';
    return switch (this) {
      case IOB1, IOE1, IOE2 -> false;
      case IOB2 -> inner && !goesOn;
      case IOBES, BILOU, BMES -> inner && !goesOn || !inner && open;
    };
  }

  /// Whether spans are closed by a letter of their own.
  boolean closes() {
    return this == IOBES || this == BILOU || this == BMES;
  }
}
