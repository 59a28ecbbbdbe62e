package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JsonGenerator;

/// Bytes spelt as printable characters, as GPT-2 does, back to text. A token with a character
/// outside this alphabet, such as an added one with a blank, stands for its own UTF-8.
///
/// The file's three flags mean nothing here; they are kept to write them back.
public record ByteLevelDecoder(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex)
    implements Decoder {
  /// By character, the byte that it stands for, or −1.
  private static final short[] BYTES = bytes();

  private static short[] bytes() {
    short[] bytes = new short[0x144];
    Arrays.fill(bytes, (short) -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean prints = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      bytes[prints ? b : next++] = (short) b;
    }
    return bytes;
  }

  @Override
  public Pipe open(Pipe next) {
    return new WholeTokens(next) {
      private final Utf8Reader utf8 = new Utf8Reader();
      private final StringBuilder out = new StringBuilder();

      @Override
      void token(String token) {
        if (isSpelt(token)) {
          for (int i = 0; i < token.length(); i++) {
            utf8.add(BYTES[token.charAt(i)], out);
          }
        } else {
          for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
            utf8.add(b & 0xff, out);
          }
        }
        flush();
      }

      private void flush() {
        if (!out.isEmpty()) {
          next.text(out.toString());
          out.setLength(0);
        }
      }

      @Override
      public void end() {
        utf8.end(out);
        flush();
        next.endToken();
        next.end();
      }
    };
  }

  private static boolean isSpelt(String token) {
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "ByteLevel");
    out.writeBooleanProperty("add_prefix_space", addPrefixSpace);
    out.writeBooleanProperty("trim_offsets", trimOffsets);
    out.writeBooleanProperty("use_regex", useRegex);
    out.writeEndObject();
  }

  static ByteLevelDecoder read(Part part) {
    return new ByteLevelDecoder(
        part.bool("add_prefix_space", true),
        part.bool("trim_offsets", true),
        part.bool("use_regex", true));
  }
}
