package dev.imago.tokenize;

import dev.imago.tokenizers.Tokenizer;
import java.nio.charset.StandardCharsets;

/// A token as people read it, whatever its file's alphabet: text as text, blanks as `␣`, bytes that
/// are a part of a character only as `<E4 BD>`.
final class Spelling {
  private static final int LONGEST_POINTS = 48;

  /// From so many on, equal characters are counted.
  private static final int RUN = 8;

  private Spelling() {}

  static String of(Tokenizer tokenizer, int id) {
    return tokenizer.special(id) || tokenizer.added(id)
        ? tokenizer.token(id)
        : of(tokenizer.bytes(id));
  }

  static String of(byte[] bytes) {
    var text = new StringBuilder();
    var broken = new StringBuilder();
    int points = 0;
    for (int at = 0; at < bytes.length; points++) {
      int length = character(bytes, at);
      if (length > 0 && !broken.isEmpty()) {
        text.append('<').append(broken).append('>');
        broken.setLength(0);
      }
      if (points >= LONGEST_POINTS) {
        return text.append('…').toString();
      }
      if (length == 0) {
        broken.append(broken.isEmpty() ? "" : " ").append("%02X".formatted(bytes[at++]));
        continue;
      }
      String one = new String(bytes, at, length, StandardCharsets.UTF_8);
      int run = 1;
      while (at + (run + 1) * length <= bytes.length
          && one.equals(new String(bytes, at + run * length, length, StandardCharsets.UTF_8))) {
        run++;
      }
      text.append(shown(one.codePointAt(0), text.isEmpty()));
      if (run >= RUN) {
        text.append('×').append(run);
      }
      at += run >= RUN ? run * length : length;
    }
    return broken.isEmpty()
        ? text.toString()
        : text.append('<').append(broken).append('>').toString();
  }

  /// The bytes of the whole character that begins here; 0 where none does.
  private static int character(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int length =
        first < 0x80
            ? 1
            : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || at + length > bytes.length) {
      return 0;
    }
    String decoded = new String(bytes, at, length, StandardCharsets.UTF_8);
    return decoded.codePointCount(0, decoded.length()) == 1
            && (decoded.charAt(0) != '\ufffd' || first == 0xef)
        ? length
        : 0;
  }

  private static String shown(int point, boolean first) {
    return switch (Character.getType(point)) {
      case Character.SPACE_SEPARATOR -> "␣";
      case Character.CONTROL ->
          switch (point) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "<%02X>".formatted(point);
          };
      case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          "<U+%04X>".formatted(point);
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          (first ? "◌" : "") + Character.toString(point);
      default -> Character.toString(point);
    };
  }
}
