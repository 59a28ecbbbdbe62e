package dev.imago.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Text from ids as they come, never half a character: bytes wait until they make one. All the
/// pieces end to end are what [Tokenizer#decode(int[], boolean)] gives. Not thread-safe.
public final class TextStream {
  private final Tokenizer tokenizer;
  private final boolean skipSpecial;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer waiting = ByteBuffer.allocate(64);

  TextStream(Tokenizer tokenizer, boolean skipSpecial) {
    this.tokenizer = tokenizer;
    this.skipSpecial = skipSpecial;
  }

  /// Takes one id; gives the characters that it completes, often none.
  public String add(int id) {
    if (skipSpecial && tokenizer.special(id)) {
      return "";
    }
    byte[] bytes = tokenizer.bytes(id);
    if (waiting.remaining() < bytes.length) {
      waiting = ByteBuffer.allocate(2 * (waiting.position() + bytes.length)).put(waiting.flip());
    }
    waiting.put(bytes);
    LossyUtf8.breakSurrogates(waiting.array(), 0, waiting.position());
    return decode(false);
  }

  /// Ends the text: what is left of an unfinished character, as U+FFFD.
  public String finish() {
    String rest = decode(true);
    utf8.reset();
    return rest;
  }

  private String decode(boolean end) {
    waiting.flip();
    CharBuffer text = CharBuffer.allocate(waiting.remaining() + 1);
    utf8.decode(waiting, text, end);
    waiting.compact();
    return text.flip().toString();
  }
}
