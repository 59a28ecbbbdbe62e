package dev.imago.tokenizers.bytelevel;

/// Steps through UTF-8 that is known to be valid.
final class Utf8Characters {
  private Utf8Characters() {}

  /// The bytes of the character that this byte starts.
  static int length(byte first) {
    if (first >= 0) {
      return 1;
    }
    int b = first & 0xff;
    return b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  }

  /// The class of the character at `i`: a bit of [CharClass].
  static int classAt(byte[] text, int i) {
    int c = CharClass.BY_BYTE[text[i] & 0xff];
    return c == CharClass.MULTIBYTE ? CharClass.of(codePoint(text, i)) : c;
  }

  static int codePoint(byte[] text, int i) {
    int b = text[i] & 0xff;
    if (b < 0x80) {
      return b;
    }
    if (b < 0xe0) {
      return (b & 0x1f) << 6 | text[i + 1] & 0x3f;
    }
    if (b < 0xf0) {
      return (b & 0x0f) << 12 | (text[i + 1] & 0x3f) << 6 | text[i + 2] & 0x3f;
    }
    return (b & 0x07) << 18
        | (text[i + 1] & 0x3f) << 12
        | (text[i + 2] & 0x3f) << 6
        | text[i + 3] & 0x3f;
  }

  /// The end of the run of characters of a set of classes that starts at `i`.
  static int run(byte[] text, int i, int to, int classes) {
    while (i < to) {
      int c = CharClass.BY_BYTE[text[i] & 0xff];
      if ((c & classes) != 0) {
        i++;
      } else if (c == CharClass.MULTIBYTE && (CharClass.of(codePoint(text, i)) & classes) != 0) {
        i += length(text[i]);
      } else {
        break;
      }
    }
    return i;
  }

  /// As [#run], of at most `most` characters.
  static int run(byte[] text, int i, int to, int classes, int most) {
    for (int n = 0; n < most && i < to && (classAt(text, i) & classes) != 0; n++) {
      i += length(text[i]);
    }
    return i;
  }
}
