package dev.imago.tokenizers.decoders;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// What SentencePiece itself makes of its pieces: control pieces are nothing, the unknown one shows
/// a sign, bytes become characters and each byte that is none U+FFFD, `▁` a blank, and the blank
/// that was put before the text goes.
///
/// Written as the decoders that come nearest.
///
/// @param control pieces that stand for no text
/// @param unkPiece the unknown's spelling
/// @param unkSurface what is shown in its place
/// @param byteFallback whether `<0x00>` … `<0xFF>` are bytes
/// @param addDummyPrefix whether a blank was put before the text
/// @param removeExtraWhitespaces whether no blank can stand before the text at all
public record SentencePieceDecoder(
    Set<String> control,
    String unkPiece,
    String unkSurface,
    boolean byteFallback,
    boolean addDummyPrefix,
    boolean removeExtraWhitespaces)
    implements Decoder {
  private static final String BLOCK = "▁";
  private static final char WRONG = '\ufffd';

  public SentencePieceDecoder {
    control = Set.copyOf(control);
  }

  @Override
  public Pipe open(Pipe next) {
    return new Pieces(next);
  }

  private final class Pieces implements Pipe {
    private final Pipe next;
    private final StringBuilder piece = new StringBuilder();

    /// Bytes that may yet become a character, at most three.
    private final int[] bytes = new int[4];

    private int byteCount;

    /// Whether a blank at the start of a piece may still be the one that was put in.
    private boolean atStart = true;

    private boolean sawPrefix;
    private boolean anyText;

    Pieces(Pipe next) {
      this.next = next;
    }

    @Override
    public void text(String fragment) {
      piece.append(fragment);
    }

    @Override
    public void endToken() {
      String token = piece.toString();
      piece.setLength(0);
      int b = byteFallback ? byteOf(token) : -1;
      if (b >= 0) {
        bytes[byteCount++] = b;
        give(false);
        return;
      }
      give(true);
      if (sawPrefix || anyText) {
        atStart = false;
      }
      sawPrefix = false;
      pass(shown(token));
      next.endToken();
    }

    private String shown(String token) {
      if (control.contains(token)) {
        return "";
      }
      if (token.equals(unkPiece)) {
        return unkSurface;
      }
      boolean prefix =
          atStart && (addDummyPrefix || removeExtraWhitespaces) && token.startsWith(BLOCK);
      sawPrefix = prefix && !removeExtraWhitespaces;
      return (prefix ? token.substring(BLOCK.length()) : token).replace(BLOCK, " ");
    }

    private void pass(String text) {
      if (!text.isEmpty()) {
        anyText = true;
        next.text(text);
      }
    }

    /// Passes on what is certain of the bytes; all of them where no more follow.
    private void give(boolean over) {
      while (byteCount > 0) {
        int length = length();
        if (length > byteCount && !over) {
          return;
        }
        if (length == 0 || length > byteCount) {
          pass(String.valueOf(WRONG));
          drop(1);
        } else {
          pass(Character.toString(codePoint(length)));
          drop(length);
        }
        next.endToken();
      }
    }

    /// How many bytes the character has that starts with the first; 0 where none can.
    private int length() {
      int lead = bytes[0];
      int length =
          lead < 0x80
              ? 1
              : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
      for (int i = 1; i < Math.min(length, byteCount); i++) {
        int least = i > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = i > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (bytes[i] < least || bytes[i] > most) {
          return 0;
        }
      }
      return length;
    }

    private int codePoint(int length) {
      int c = length == 1 ? bytes[0] : bytes[0] & 0x7f >> length;
      for (int i = 1; i < length; i++) {
        c = c << 6 | bytes[i] & 0x3f;
      }
      return c;
    }

    private void drop(int count) {
      byteCount -= count;
      System.arraycopy(bytes, count, bytes, 0, byteCount);
    }

    @Override
    public void end() {
      give(true);
      next.end();
    }
  }

  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
      return -1;
    }
    int high = "0123456789ABCDEF".indexOf(token.charAt(3));
    int low = "0123456789ABCDEF".indexOf(token.charAt(4));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("decoders");
    var parts = new ArrayList<Decoder>(List.of(ReplaceDecoder.ofText(BLOCK, " ")));
    if (byteFallback) {
      parts.add(new ByteFallbackDecoder());
    }
    parts.add(new FuseDecoder());
    if (addDummyPrefix || removeExtraWhitespaces) {
      parts.add(new StripDecoder(' ', 1, 0));
    }
    parts.forEach(d -> d.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
