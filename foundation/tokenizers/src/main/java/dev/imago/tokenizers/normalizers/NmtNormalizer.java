package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What SentencePiece's `nmt` does before anything else: most controls go, and what counts as a
/// blank becomes a space.
public final class NmtNormalizer implements Normalizer {
  private final CharacterMap map;

  public NmtNormalizer() {
    map = new CharacterMap(NmtNormalizer::changed);
  }

  private static @Nullable String changed(int c) {
    return switch (c) {
      case 0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd -> " ";
      case 0x200b, 0x200c, 0x200d, 0x200e, 0x200f -> " ";
      case 0x0b, 0x7f, 0x8f, 0x9f -> "";
      default -> 0 < c && c < ' ' ? "" : null;
    };
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return map.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, "Nmt");
  }
}
