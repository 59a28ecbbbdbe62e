package dev.imago.sources;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongFunction;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/// The members of a gzip file (RFC 1952), one after another, as one stream that knows where each
/// began in the file.
///
/// A broken member is an [IOException] with its offset; whoever reads on gets the members after it:
/// the next one is looked for by its first bytes. Zeros after the last member are padding; anything
/// else there is an error. Not thread-safe.
public final class GzipMembers extends InputStream implements LongFunction<String> {
  /// A header's name or comment longer than this is an attack.
  private static final int LONGEST_FIELD = 1 << 16;

  /// Members whose beginnings nobody has asked for yet; those of more are forgotten.
  private static final int MOST_STARTS = 1 << 20;

  private record Start(long unpacked, long offset) {}

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final Deque<Start> starts = new ArrayDeque<>();
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long offset;
  private long unpacked;
  private long memberOffset;
  private boolean open;
  private boolean lost;
  private boolean any;

  /// @throws ZipException where no member begins
  public GzipMembers(InputStream in) throws IOException {
    this(in, 0);
  }

  /// @param offset where in the file `in` begins
  /// @throws ZipException where no member begins
  public GzipMembers(InputStream in, long offset) throws IOException {
    this.in = in;
    this.offset = offset;
    if (!begin()) {
      throw new ZipException("it does not begin as a gzip file does");
    }
  }

  /// Where a position in what is unpacked stands in the file: the offset of its member, and with a
  /// `+` the bytes since that began. Positions are asked for in ascending order.
  @Override
  public String apply(long position) {
    Start found = new Start(0, 0);
    while (!starts.isEmpty() && starts.peekFirst().unpacked() <= position) {
      found = starts.removeFirst();
    }
    starts.addFirst(found);
    long within = position - found.unpacked();
    return within == 0 ? String.valueOf(found.offset()) : found.offset() + "+" + within;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (!open && !begin()) {
        return -1;
      }
      try {
        int n = inflater.inflate(to, from, length);
        if (n > 0) {
          checksum.update(to, from, n);
          unpacked += n;
          return n;
        }
      } catch (DataFormatException e) {
        at = limit - inflater.getRemaining();
        throw broken(String.valueOf(e.getMessage()));
      }
      if (inflater.finished()) {
        at = limit - inflater.getRemaining();
        end();
      } else if (inflater.needsDictionary()) {
        at = limit - inflater.getRemaining();
        throw broken("it needs a dictionary");
      } else {
        at = limit;
        if (!fill()) {
          throw cut();
        }
        inflater.setInput(buffer, at, limit - at);
      }
    }
  }

  private IOException broken(String why) {
    open = false;
    lost = true;
    return new IOException(
        "the gzip member at byte %,d is broken: %s".formatted(memberOffset, why));
  }

  private EOFException cut() {
    open = false;
    return new EOFException(
        "the file ends at byte %,d, within the gzip member at byte %,d"
            .formatted(offset + limit, memberOffset));
  }

  /// Goes to the next member; false at the end of the file.
  private boolean begin() throws IOException {
    while (true) {
      if (!lost && any) {
        padding();
      }
      if (lost && !find()) {
        return false;
      }
      if (!available(1)) {
        return false;
      }
      memberOffset = offset + at;
      int first = next();
      if (first != 0x1f || next() != 0x8b || next() != 8) {
        lost = true;
        if (!any) {
          throw new ZipException("it does not begin as a gzip file does");
        }
        throw new IOException("no gzip member begins at byte %,d".formatted(memberOffset));
      }
      header();
      boolean found = lost;
      lost = false;
      any = true;
      open = true;
      inflater.reset();
      inflater.setInput(buffer, at, limit - at);
      checksum.reset();
      starts.addLast(new Start(unpacked, memberOffset));
      if (starts.size() > MOST_STARTS) {
        starts.removeFirst();
      }
      if (!found || plausible()) {
        return true;
      }
      starts.removeLast();
      lost = true;
      open = false;
    }
  }

  /// Whether a member that was found by its first bytes alone unpacks at all: three bytes come
  /// about by chance once in 16 MB.
  private boolean plausible() {
    try {
      var trial = new Inflater(true);
      trial.setInput(buffer, at, limit - at);
      int n = trial.inflate(new byte[64]);
      boolean good = n > 0 || trial.finished() || trial.needsInput();
      trial.end();
      return good;
    } catch (DataFormatException e) {
      return false;
    }
  }

  private void header() throws IOException {
    int flags = next();
    for (int i = 0; i < 6; i++) {
      next();
    }
    if ((flags & 4) != 0) {
      int length = next() | next() << 8;
      for (int i = 0; i < length; i++) {
        next();
      }
    }
    for (int field = 8; field <= 16; field *= 2) {
      if ((flags & field) != 0) {
        int length = 0;
        while (next() != 0) {
          if (++length > LONGEST_FIELD) {
            throw broken("a name of more than %,d bytes".formatted(LONGEST_FIELD));
          }
        }
      }
    }
    if ((flags & 2) != 0) {
      next();
      next();
    }
  }

  private void end() throws IOException {
    long crc = little();
    long size = little();
    open = false;
    if (crc != checksum.getValue()) {
      throw broken("its checksum is not that of its bytes");
    }
    if (size != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw broken("its size is not the one that it declares");
    }
  }

  private long little() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (long) next() << shift;
    }
    return value;
  }

  private void padding() throws IOException {
    while (available(1) && buffer[at] == 0) {
      at++;
    }
  }

  /// Looks for the first bytes of a member from here on.
  private boolean find() throws IOException {
    while (available(4)) {
      if (buffer[at] == 0x1f
          && buffer[at + 1] == (byte) 0x8b
          && buffer[at + 2] == 8
          && (buffer[at + 3] & 0xe0) == 0) {
        return true;
      }
      at++;
    }
    at = limit;
    return false;
  }

  private int next() throws IOException {
    if (at == limit && !fill()) {
      throw cut();
    }
    return buffer[at++] & 0xff;
  }

  private boolean available(int bytes) throws IOException {
    while (limit - at < bytes) {
      if (at > 0) {
        System.arraycopy(buffer, at, buffer, 0, limit - at);
        offset += at;
        limit -= at;
        at = 0;
      }
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        return false;
      }
      limit += read;
    }
    return true;
  }

  private boolean fill() throws IOException {
    offset += limit;
    at = 0;
    limit = 0;
    int read = in.read(buffer, 0, buffer.length);
    limit = Math.max(0, read);
    return read > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
