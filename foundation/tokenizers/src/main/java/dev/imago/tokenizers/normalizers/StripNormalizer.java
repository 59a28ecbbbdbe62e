package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import tools.jackson.core.JsonGenerator;

/// Takes blanks off the ends.
public record StripNormalizer(boolean stripLeft, boolean stripRight) implements Normalizer {
  /// Whether Unicode calls a character a blank (`White_Space`).
  static boolean isBlank(int c) {
    return switch (c) {
      case 9, 0xa, 0xb, 0xc, 0xd, ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 ->
          true;
      default -> 0x2000 <= c && c <= 0x200a;
    };
  }

  @Override
  public AlignedText apply(AlignedText text) {
    String old = text.text();
    int from = 0;
    int to = old.length();
    // Every blank is one unit.
    while (stripLeft && from < to && isBlank(old.charAt(from))) {
      from++;
    }
    while (stripRight && from < to && isBlank(old.charAt(to - 1))) {
      to--;
    }
    return from == 0 && to == old.length() ? text : text.rewrite().keep(from, to).done();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Strip");
    out.writeBooleanProperty("strip_left", stripLeft);
    out.writeBooleanProperty("strip_right", stripRight);
    out.writeEndObject();
  }
}
