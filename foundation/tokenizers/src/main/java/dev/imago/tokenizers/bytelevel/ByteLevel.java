package dev.imago.tokenizers.bytelevel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// GPT-2's spelling of bytes as printable characters, in which `tokenizer.json` writes tokens.
/// Bytes that print stand for themselves; the other 68 are U+0100 and on.
public final class ByteLevel {
  private static final char[] CHARS = new char[256];
  private static final short[] BYTES = new short[0x144];

  static {
    Arrays.fill(BYTES, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean prints = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      CHARS[b] = prints ? (char) b : next++;
      BYTES[CHARS[b]] = (short) b;
    }
  }

  private ByteLevel() {}

  /// The character that stands for a byte in 0 … 255.
  public static char spell(int b) {
    return CHARS[b];
  }

  /// The bytes that a token's spelling stands for, or null where a character stands for none.
  public static byte @Nullable [] bytesOrNull(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }

  /// The bytes of any token as Hugging Face's decoder sees it: one with a character outside the
  /// alphabet (an added token with a space, say) stands for its own UTF-8.
  public static byte[] bytes(String token) {
    byte[] bytes = bytesOrNull(token);
    return bytes == null ? token.getBytes(StandardCharsets.UTF_8) : bytes;
  }
}
