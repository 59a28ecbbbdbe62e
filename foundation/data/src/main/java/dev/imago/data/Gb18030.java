package dev.imago.data;

import java.nio.CharBuffer;
import java.util.Arrays;

/// The 24 characters of GB18030 that had no code point of their own in its first edition and were
/// read as private use then. Its later editions moved 18 of them, one way in the bytes of two and
/// the other in those of four, and left six: what writes and what reads seldom know the same
/// edition. No text means private use by them, so that each is read as the character it is.
final class Gb18030 {
  private static final int[] PRIVATE = {
    0xe78d, 0xe78e, 0xe78f, 0xe790, 0xe791, 0xe792, 0xe793, 0xe794, 0xe795, 0xe796, 0xe816, 0xe817,
    0xe818, 0xe81e, 0xe826, 0xe82b, 0xe82c, 0xe831, 0xe832, 0xe83b, 0xe843, 0xe854, 0xe855, 0xe864
  };
  private static final int[] MEANT = {
    0xfe10, 0xfe12, 0xfe11, 0xfe13, 0xfe14, 0xfe15, 0xfe16, 0xfe17, 0xfe18, 0xfe19, 0x20087,
    0x20089, 0x200cc, 0x9fb4, 0x9fb5, 0x9fb6, 0x9fb7, 0x215d7, 0x9fb8, 0x2298f, 0x9fb9, 0x9fba,
    0x241fe, 0x9fbb
  };

  private Gb18030() {}

  /// The same characters, these 24 as what they are: the buffer given where none is among them,
  /// else a new one, which may be longer.
  static CharBuffer withoutPrivateUse(CharBuffer decoded) {
    if (decoded.chars().noneMatch(c -> meant(c) != c)) {
      return decoded;
    }
    var text = new StringBuilder();
    decoded.chars().map(Gb18030::meant).forEach(text::appendCodePoint);
    // As large as what it stands for at least: the next characters are decoded into it.
    CharBuffer fit = CharBuffer.allocate(Math.max(decoded.capacity(), text.length()));
    return fit.put(text.toString()).flip();
  }

  private static int meant(int c) {
    if (c < PRIVATE[0] || c > PRIVATE[PRIVATE.length - 1]) {
      return c;
    }
    int at = Arrays.binarySearch(PRIVATE, c);
    return at < 0 ? c : MEANT[at];
  }
}
