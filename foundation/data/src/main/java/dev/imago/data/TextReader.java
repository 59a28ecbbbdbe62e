package dev.imago.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Characters of bytes whose encoding is found on the way, streamed.
///
/// A byte-order mark decides first, then validity: what is valid UTF-8 is UTF-8. Anything else is
/// in the encoding that was named, or else in the one whose reading looks most like writing; see
/// [EncodingDetector]. ASCII is handed on until the first other byte is met, and the window from
/// there decides. A byte that the encoding lacks becomes U+FFFD and is counted. Not thread-safe.
public final class TextReader extends Reader {
  /// What the encoding is told from: enough for statistics, and for a few accents in much ASCII.
  private static final int WINDOW_BYTES = 1 << 18;

  private static final int CONTEXT_BYTES = 1 << 10;

  /// Most files of a folder are small: they need no window of their own.
  private static final int FIRST_BYTES = 1 << 13;

  private final InputStream in;
  private final @Nullable Charset named;
  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES).limit(0);
  private CharBuffer chars = CharBuffer.allocate(1 << 13).limit(0);
  private @Nullable CharsetDecoder decoder;
  private TextEncoding encoding = TextEncoding.UTF_8;
  private boolean started;
  private boolean end;
  private boolean finished;
  private long consumed;
  private long given;
  private long replaced;
  private long firstReplaced = -1;

  /// @param named the encoding of what is not UTF-8; null where it is to be found
  public TextReader(InputStream in, @Nullable Charset named) {
    this.in = in;
    this.named = named;
  }

  /// All of a text.
  ///
  /// @throws NotTextException for binary content, or text whose encoding cannot be told
  public String readAll() throws IOException {
    var text = new StringBuilder();
    var piece = new char[1 << 13];
    for (int n = read(piece, 0, piece.length); n >= 0; n = read(piece, 0, piece.length)) {
      text.append(piece, 0, n);
    }
    return text.toString();
  }

  /// The encoding as known so far: UTF-8 as long as all is ASCII.
  public TextEncoding encoding() {
    return encoding;
  }

  /// How many pieces the encoding lacks, each replaced by U+FFFD.
  public long replaced() {
    return replaced;
  }

  /// The offset of the first byte that was replaced; −1 where none was.
  public long firstReplaced() {
    return firstReplaced;
  }

  /// How many bytes were read from the stream and turned into characters.
  public long bytes() {
    return consumed - bytes.remaining();
  }

  @Override
  public int read(char[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!chars.hasRemaining()) {
      if (!more()) {
        return -1;
      }
    }
    int n = Math.min(length, chars.remaining());
    chars.get(to, offset, n);
    return n;
  }

  /// Decodes the next characters; false at the end.
  private boolean more() throws IOException {
    if (finished) {
      return false;
    }
    if (!started) {
      start();
    }
    chars.clear();
    boolean any = decoder == null ? ascii() : decode(decoder);
    chars.flip();
    for (int i = chars.position(); i < chars.limit(); i++) {
      if (chars.get(i) == '\0') {
        throw new NotTextException(true, "a NUL at character " + (given + i));
      }
    }
    given += chars.remaining();
    if (encoding.label().equals("GB18030")) {
      chars = Gb18030.withoutPrivateUse(chars);
    }
    return any;
  }

  private void start() throws IOException {
    started = true;
    fill();
    int head = bytes.limit();
    byte[] array = bytes.array();
    for (Mark mark : Mark.values()) {
      if (head >= mark.bytes.length
          && Arrays.equals(array, 0, mark.bytes.length, mark.bytes, 0, mark.bytes.length)) {
        bytes.position(mark.bytes.length);
        take(new TextEncoding(mark.charset, TextEncoding.Certainty.CERTAIN));
        return;
      }
    }
    if (named != null && wide(named)) {
      take(new TextEncoding(named, TextEncoding.Certainty.CERTAIN));
      return;
    }
    if (EncodingDetector.hasNul(array, head)) {
      take(new EncodingDetector().wide(array, head));
    }
    String escaped = escaped(new String(array, 0, head, StandardCharsets.ISO_8859_1));
    if (escaped != null) {
      take(new TextEncoding(Charset.forName(escaped), TextEncoding.Certainty.LIKELY));
    }
  }

  /// Whether an encoding has NUL bytes in plain text, so that valid UTF-8 proves nothing.
  private static boolean wide(Charset charset) {
    return charset.name().startsWith("UTF-16") || charset.name().startsWith("UTF-32");
  }

  /// The encoding whose ASCII bytes switch to Japanese or Korean and back, as mail once had it.
  private static @Nullable String escaped(String head) {
    return head.contains("\u001b$)C")
        ? "ISO-2022-KR"
        : head.contains("\u001b$B") || head.contains("\u001b$@") ? "ISO-2022-JP" : null;
  }

  private void take(TextEncoding found) {
    encoding = found;
    decoder =
        found
            .charset()
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /// Hands on ASCII up to the first other byte, which decides on the decoder.
  private boolean ascii() throws IOException {
    if (!bytes.hasRemaining() && !fill()) {
      return false;
    }
    while (bytes.hasRemaining() && chars.hasRemaining()) {
      byte b = bytes.get(bytes.position());
      if (b < 0) {
        if (chars.position() == 0) {
          decide();
        }
        return true;
      }
      chars.put((char) b);
      bytes.position(bytes.position() + 1);
    }
    return true;
  }

  private void decide() throws IOException {
    // The letters before the first accent tell whose accent it is.
    int from = Math.max(0, bytes.position() - CONTEXT_BYTES);
    byte[] before = Arrays.copyOfRange(bytes.array(), from, bytes.position());
    if (!end && bytes.capacity() < WINDOW_BYTES) {
      bytes = ByteBuffer.allocate(WINDOW_BYTES).put(bytes).flip();
    }
    fill();
    byte[] window = Arrays.copyOf(before, before.length + bytes.remaining());
    System.arraycopy(bytes.array(), bytes.position(), window, before.length, bytes.remaining());
    if (EncodingDetector.isUtf8(window, end)) {
      take(TextEncoding.UTF_8);
    } else if (named != null) {
      take(new TextEncoding(named, TextEncoding.Certainty.CERTAIN));
    } else {
      take(new EncodingDetector().detect(window, end));
    }
  }

  private boolean decode(CharsetDecoder decoder) throws IOException {
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, end);
      if (result.isError()) {
        if (chars.hasRemaining()) {
          replaced++;
          firstReplaced = firstReplaced < 0 ? bytes() : firstReplaced;
          bytes.position(bytes.position() + result.length());
          chars.put('\ufffd');
        }
        if (!chars.hasRemaining()) {
          return true;
        }
      } else if (result.isOverflow() || chars.position() > 0) {
        return true;
      } else if (end) {
        // Also a character cut off by the end has been reported by now.
        decoder.flush(chars);
        finished = true;
        return chars.position() > 0;
      } else {
        fill();
      }
    }
  }

  /// Fills the buffer behind what is still in it; false where nothing is left.
  private boolean fill() throws IOException {
    bytes.compact();
    while (!end && bytes.hasRemaining()) {
      int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
      if (read < 0) {
        end = true;
      } else {
        bytes.position(bytes.position() + read);
        consumed += read;
      }
    }
    bytes.flip();
    return bytes.hasRemaining();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// Byte-order marks; UTF-32's come first, as one begins like UTF-16's.
  private enum Mark {
    UTF32LE(Charset.forName("UTF-32LE"), 0xff, 0xfe, 0, 0),
    UTF32BE(Charset.forName("UTF-32BE"), 0, 0, 0xfe, 0xff),
    UTF8(StandardCharsets.UTF_8, 0xef, 0xbb, 0xbf),
    UTF16LE(StandardCharsets.UTF_16LE, 0xff, 0xfe),
    UTF16BE(StandardCharsets.UTF_16BE, 0xfe, 0xff),
    GB18030(Charset.forName("GB18030"), 0x84, 0x31, 0x95, 0x33);

    private final Charset charset;

    @SuppressWarnings("ImmutableEnumChecker") // private, and written by nobody
    private final byte[] bytes;

    Mark(Charset charset, int... bytes) {
      this.charset = charset;
      this.bytes = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        this.bytes[i] = (byte) bytes[i];
      }
    }
  }
}
