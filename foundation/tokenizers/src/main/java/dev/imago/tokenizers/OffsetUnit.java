package dev.imago.tokenizers;

/// What positions in a text count.
public enum OffsetUnit {
  /// What [String] counts: the unit of every [Encoding] that a tokenizer gives.
  UTF16,

  /// Characters, as Python counts them.
  CODE_POINTS,

  /// Bytes of the text's UTF-8. A surrogate without its other half counts one, as `?` does.
  UTF8;

  /// Of each position in a text, the position in this unit; the last is the length. Within a
  /// character: where it starts.
  int[] positions(String text) {
    int[] positions = new int[text.length() + 1];
    int at = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      positions[i++] = at;
      if (c >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
        positions[i++] = this == UTF16 ? at + 1 : at;
      }
      at += size(c);
    }
    positions[text.length()] = at;
    return positions;
  }

  private int size(int c) {
    return switch (this) {
      case UTF16 -> Character.charCount(c);
      case CODE_POINTS -> 1;
      case UTF8 ->
          c < 0x80 || Character.isBmpCodePoint(c) && Character.isSurrogate((char) c)
              ? 1
              : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    };
  }
}
