package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Every byte of the text's UTF-8 becomes a character that can be seen, as GPT-2 has it: itself
/// where Latin-1 has a visible one, and the next free one from U+0100 on otherwise.
public final class ByteLevelNormalizer implements Normalizer {
  private final CharacterMap map;

  public ByteLevelNormalizer() {
    map = new CharacterMap(new Alphabet());
  }

  private static final class Alphabet implements CharacterMap.Rule {
    private final char[] ofByte = new char[256];

    Alphabet() {
      char free = '\u0100';
      for (int b = 0; b < ofByte.length; b++) {
        boolean visible = '!' <= b && b <= '~' || 0xa1 <= b && b != 0xad;
        ofByte[b] = visible ? (char) b : free++;
      }
    }

    @Override
    public @Nullable String of(int codePoint) {
      byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
      char[] seen = new char[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        seen[i] = ofByte[bytes[i] & 0xff];
      }
      return seen.length == 1 && seen[0] == codePoint ? null : new String(seen);
    }
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return map.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, "ByteLevel");
  }
}
