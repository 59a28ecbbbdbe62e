package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Every character's small letter, whatever stands beside it.
public final class LowercaseNormalizer implements Normalizer {
  private final CharacterMap map;

  public LowercaseNormalizer() {
    map = new CharacterMap(LowercaseNormalizer::lower);
  }

  /// A character's small letter as Unicode 17 has it, or null where it is its own.
  static @Nullable String lower(int c) {
    int small = Character.toLowerCase(c);
    // The one whose small letter is two characters, and the pairs that are younger than the JDK's
    // tables: found by asking the library about all code points.
    switch (c) {
      case 0x130 -> {
        return "i\u0307";
      }
      case 0xa7ce, 0xa7d2, 0xa7d4 -> small = c + 1;
      default -> {
        if (0x16ea0 <= c && c <= 0x16eb8) {
          small = c + 0x1b;
        }
      }
    }
    return small == c ? null : Character.toString(small);
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return map.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, "Lowercase");
  }
}
