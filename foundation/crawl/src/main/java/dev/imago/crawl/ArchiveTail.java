package dev.imago.crawl;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Looks at the end of an archive that was not synced when a crawl ended: after a power failure it
/// may hold less than was written, or something else.
final class ArchiveTail {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private ArchiveTail() {}

  /// Where the last whole member ends.
  ///
  /// @param from where a member begins, which is known to be on disk
  /// @param to where the last one should end
  static long wholeEnd(Path file, long from, long to) throws IOException {
    if (from >= to) {
      return to;
    }
    long end = from;
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      in.skipNBytes(from);
      while (end < to) {
        end += member(in);
      }
    } catch (EOFException | DataFormatException e) {
      return end; // what follows is no member
    }
    return end;
  }

  /// Reads a member as [WarcWriter] writes it.
  ///
  /// @return its bytes
  private static long member(DataInputStream in) throws IOException, DataFormatException {
    byte[] header = new byte[HEADER_BYTES];
    in.readFully(header);
    if (header[0] != 0x1f || (header[1] & 0xff) != 0x8b || header[3] != 0) {
      throw new DataFormatException("no member begins here");
    }
    var checksum = new CRC32();
    var inflater = new Inflater(true);
    try {
      long packed = inflated(in, inflater, checksum);
      byte[] trailer = new byte[TRAILER_BYTES];
      in.readFully(trailer);
      long sum = 0;
      for (int i = 3; i >= 0; i--) {
        sum = sum << 8 | trailer[i] & 0xff;
      }
      if (sum != checksum.getValue()) {
        throw new DataFormatException("a member's checksum is wrong");
      }
      return HEADER_BYTES + packed + TRAILER_BYTES;
    } finally {
      inflater.end();
    }
  }

  private static long inflated(InputStream in, Inflater inflater, CRC32 checksum)
      throws IOException, DataFormatException {
    byte[] packed = new byte[1 << 12];
    byte[] plain = new byte[1 << 13];
    int read = 0;
    while (!inflater.finished()) {
      if (inflater.needsInput()) {
        in.mark(packed.length);
        read = in.read(packed);
        if (read < 0) {
          throw new EOFException();
        }
        inflater.setInput(packed, 0, read);
      }
      int bytes = inflater.inflate(plain);
      checksum.update(plain, 0, bytes);
      if (bytes == 0 && inflater.needsDictionary()) {
        throw new DataFormatException("a member needs a dictionary");
      }
    }
    // What was read beyond it is the trailer's, and the next member's.
    in.reset();
    in.skipNBytes(read - inflater.getRemaining());
    return inflater.getBytesRead();
  }
}
