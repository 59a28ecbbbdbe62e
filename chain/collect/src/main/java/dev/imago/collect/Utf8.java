package dev.imago.collect;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Strict UTF-8: a text, or the place where it stops being one.
final class Utf8 {
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private Utf8() {}

  /// Decodes all of `bytes`, less a leading byte-order mark.
  ///
  /// @throws Refused for binary content (a NUL byte) and for invalid UTF-8, with the byte's offset
  static String decode(byte[] bytes) throws Refused {
    int start =
        bytes.length >= 3 && Arrays.equals(bytes, 0, 3, MARK, 0, 3) ? 3 : 0; // BOM says nothing
    var text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    // The lenient decoder is the fast one; only where it had to replace is the strict one asked.
    if (text.indexOf('\ufffd') >= 0) {
      strict(bytes);
    }
    if (text.indexOf('\0') >= 0) {
      throw new Refused(Skip.BINARY, "a NUL at character " + text.indexOf('\0'));
    }
    return text;
  }

  private static void strict(byte[] bytes) throws Refused {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(1 << 13);
    while (true) {
      var result = decoder.decode(in, out, true);
      if (result.isUnderflow()) {
        return;
      }
      if (result.isError()) {
        boolean wide = bytes.length > 1 && (bytes[0] & 0xff) + (bytes[1] & 0xff) == 0xff + 0xfe;
        throw new Refused(
            Skip.ENCODING,
            wide
                ? "it begins as UTF-16 does; convert it to UTF-8"
                : "byte %d is 0x%02x".formatted(in.position(), bytes[in.position()]));
      }
      out.clear();
    }
  }
}
