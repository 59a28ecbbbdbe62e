package dev.imago.annotation;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.Locale;

/// The positions of one text: from one unit to another, and whether they lie between what a reader
/// sees as characters. Made once a text, in time of its length.
public final class Positions {
  private final String text;

  /// The UTF-16 position of each code point, and of the end.
  private final int[] utf16;

  /// The byte position of each code point, and of the end.
  private final int[] bytes;

  public Positions(String text) {
    this.text = text;
    int n = text.codePointCount(0, text.length());
    utf16 = new int[n + 1];
    bytes = new int[n + 1];
    int at = 0;
    for (int i = 0; i < n; i++) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      utf16[i + 1] = at;
      // A lone half of a character is written as a question mark.
      boolean half = c >= 0xD800 && c <= 0xDFFF;
      bytes[i + 1] = bytes[i] + (c < 0x80 || half ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
    }
  }

  /// In code points.
  public int length() {
    return utf16.length - 1;
  }

  /// A position in code points; −1 where it is in none, or within a code point.
  public int codePoint(int position, PositionUnit unit) {
    return switch (unit) {
      case CODE_POINTS -> position >= 0 && position <= length() ? position : -1;
      case UTF16 -> Math.max(-1, java.util.Arrays.binarySearch(utf16, position));
      case BYTES -> Math.max(-1, java.util.Arrays.binarySearch(bytes, position));
    };
  }

  /// A position in code points, in another unit.
  public int in(PositionUnit unit, int codePoint) {
    return switch (unit) {
      case CODE_POINTS -> codePoint;
      case UTF16 -> utf16[codePoint];
      case BYTES -> bytes[codePoint];
    };
  }

  /// What lies between two positions in code points.
  public String cut(int from, int to) {
    return text.substring(utf16[from], utf16[to]);
  }

  /// The same, cut in the given unit as another program would, to be compared with [#cut].
  public String cut(int from, int to, PositionUnit unit) {
    return switch (unit) {
      case CODE_POINTS -> {
        int[] points = text.codePoints().skip(from).limit((long) to - from).toArray();
        yield new String(points, 0, points.length);
      }
      case UTF16 -> text.substring(from, to);
      case BYTES ->
          new String(
              text.getBytes(StandardCharsets.UTF_8), from, to - from, StandardCharsets.UTF_8);
    };
  }

  /// Whether a position in code points lies between two characters as a reader sees them, not
  /// within a letter and its mark, a joined emoji or a flag.
  public boolean isBoundary(int codePoint) {
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    return characters.isBoundary(utf16[codePoint]);
  }

  /// Widened to whole characters as a reader sees them.
  ///
  /// @return from and to in code points
  public int[] widened(int from, int to) {
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    int low = utf16[from];
    int high = utf16[to];
    low = characters.isBoundary(low) ? low : characters.preceding(low);
    high = characters.isBoundary(high) ? high : characters.following(high);
    return new int[] {codePoint(low, PositionUnit.UTF16), codePoint(high, PositionUnit.UTF16)};
  }
}
