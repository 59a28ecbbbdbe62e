package dev.imago.corpus.extract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The files of a tar stream, one after another: ustar with prefixes, GNU's and pax' long names,
/// and sizes in base 256 (POSIX.1-2001, pax; GNU tar's manual, «Basic Tar Format»). Links, devices
/// and folders are passed over. A header whose checksum is wrong ends it.
public final class TarReader {
  private static final int BLOCK = 512;

  /// A pax header or a GNU name longer than this is an attack.
  private static final int LONGEST_EXTRA = 1 << 20;

  private final InputStream in;
  private long left;
  private int padding;
  private boolean any;

  public TarReader(InputStream in) {
    this.in = in;
  }

  /// @param name as the archive has it, with `/`
  public record Entry(String name, long bytes) {}

  /// The next file; null at the end. What was not read of the one before is passed over.
  public @Nullable Entry next() throws IOException {
    String longName = null;
    while (true) {
      skip(left + padding);
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 && any || isZero(header)) {
        left = 0;
        padding = 0;
        return null;
      }
      if (header.length < BLOCK || !isHeader(header)) {
        throw new IOException("a header that is none");
      }
      any = true;
      long size = number(header, 124, 12);
      left = size;
      padding = (int) (-size & (BLOCK - 1));
      switch (header[156]) {
        case '0', 0, '7' -> {
          String name = longName == null ? name(header) : longName;
          if (!name.endsWith("/")) {
            return new Entry(name, size);
          }
          longName = null;
        }
        case 'L' -> longName = text(extra(size)).replaceFirst("\0.*$", "");
        case 'x' -> {
          String path = pax(extra(size), longName);
          longName = path;
        }
        default -> longName = null;
      }
    }
  }

  /// The current file's bytes; ends where it ends.
  public InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        if (left == 0) {
          return -1;
        }
        int read = in.read(to, offset, (int) Math.min(length, left));
        if (read < 0) {
          left = 0;
          throw new IOException("the archive ends within this file");
        }
        left -= read;
        return read;
      }
    };
  }

  private byte[] extra(long size) throws IOException {
    if (size > LONGEST_EXTRA) {
      throw new IOException("a name of %,d bytes".formatted(size));
    }
    byte[] bytes = in.readNBytes((int) size);
    left -= bytes.length;
    return bytes;
  }

  private void skip(long bytes) throws IOException {
    long skipped = 0;
    byte[] sink = new byte[1 << 13];
    while (skipped < bytes) {
      int read = in.read(sink, 0, (int) Math.min(sink.length, bytes - skipped));
      if (read < 0) {
        return;
      }
      skipped += read;
    }
  }

  /// The `path` of a pax header, whose records are `<length> <key>=<value>\n`.
  private static @Nullable String pax(byte[] bytes, @Nullable String otherwise) throws IOException {
    int at = 0;
    String path = otherwise;
    while (at < bytes.length) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9' && space - at < 8) {
        length = length * 10 + bytes[space++] - '0';
      }
      if (length <= space - at || at + length > bytes.length) {
        throw new IOException("a pax header that is none");
      }
      String record = new String(bytes, space, at + length - space, StandardCharsets.UTF_8).strip();
      path = record.startsWith("path=") ? record.substring("path=".length()) : path;
      at += length;
    }
    return path;
  }

  private static String name(byte[] header) {
    String name = text(field(header, 0, 100));
    boolean ustar = new String(header, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
    // GNU's own format has times where ustar has the prefix.
    String prefix = ustar && header[262] == 0 ? text(field(header, 345, 155)) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static byte[] field(byte[] header, int from, int length) {
    int to = from;
    while (to < from + length && header[to] != 0) {
      to++;
    }
    return java.util.Arrays.copyOfRange(header, from, to);
  }

  /// Names are UTF-8 nearly everywhere; older Chinese archives have the system's own encoding.
  static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, Charset.forName("GB18030"));
    }
  }

  private static long number(byte[] header, int from, int length) throws IOException {
    if (header[from] < 0) {
      long value = header[from] & 0x3f;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 54 != 0) {
          throw new IOException("a size beyond all disks");
        }
        value = value << 8 | (header[i] & 0xff);
      }
      return value;
    }
    String digits = new String(field(header, from, length), StandardCharsets.US_ASCII).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("«%s» is no size".formatted(digits), e);
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return block.length == BLOCK;
  }

  /// Whether a block is a tar's header: its checksum is that of its bytes. Some old programs summed
  /// signed bytes.
  static boolean isHeader(byte[] block) {
    if (block.length < BLOCK || block[0] == 0) {
      return false;
    }
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      int b = i >= 148 && i < 156 ? ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    String digits = new String(field(block, 148, 8), StandardCharsets.US_ASCII).strip();
    if (!digits.matches("[0-7]{1,7}")) {
      return false;
    }
    long sum = Long.parseLong(digits, 8);
    return sum == unsigned || sum == signed;
  }
}
