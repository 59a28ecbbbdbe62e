package dev.imago.data;

/// The bytes that a text takes in UTF-8, without making them.
public final class Utf8Length {
  private Utf8Length() {}

  public static long of(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      // Three bytes for a character of the basic plane; four, two a half, for one beyond it.
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        bytes += 2;
        i++;
      } else if (!Character.isSurrogate(c)) { // one that stands alone is written as `?`
        bytes += c < 0x800 ? 1 : 2;
      }
    }
    return bytes;
  }
}
