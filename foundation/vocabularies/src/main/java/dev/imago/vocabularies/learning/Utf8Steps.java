package dev.imago.vocabularies.learning;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Steps through UTF-8.
final class Utf8Steps {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGHS = 0x8080808080808080L;

  private Utf8Steps() {}

  /// Where bytes are no valid UTF-8 first, or −1: shortest forms are, no surrogates, nothing past
  /// U+10FFFF.
  static int firstInvalid(byte[] text) {
    int i = 0;
    while (i < text.length) {
      if (text[i] >= 0) {
        boolean eight = i + 8 <= text.length && ((long) LONG.get(text, i) & HIGHS) == 0;
        i += eight ? 8 : 1;
        continue;
      }
      int length = length(text[i]);
      int b = text[i] & 0xff;
      if (b < 0xc2 || b > 0xf4 || i + length > text.length) {
        return i;
      }
      for (int k = 1; k < length; k++) {
        if ((text[i + k] & 0xc0) != 0x80) {
          return i;
        }
      }
      int c = codePoint(text, i);
      if (length == 3 && (c < 0x800 || c >= 0xd800 && c < 0xe000)
          || length == 4 && (c < 0x10000 || c > 0x10ffff)) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /// The bytes of the character that this byte starts, as far as it says.
  static int length(byte first) {
    return first >= 0 ? 1 : (first & 0xff) < 0xe0 ? 2 : (first & 0xff) < 0xf0 ? 3 : 4;
  }

  /// The character at `i`, of valid UTF-8.
  static int codePoint(byte[] text, int i) {
    int b = text[i];
    if (b >= 0) {
      return b;
    }
    int c = text[i + 1] & 0x3f;
    if ((b & 0xe0) == 0xc0) {
      return (b & 0x1f) << 6 | c;
    }
    c = c << 6 | text[i + 2] & 0x3f;
    return (b & 0xf0) == 0xe0
        ? (b & 0x0f) << 12 | c
        : (b & 0x07) << 18 | c << 6 | text[i + 3] & 0x3f;
  }
}
