package dev.imago.console.runs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// The scalars of a TensorBoard event file, of any trainer.
///
/// A file is TFRecords: the length of a record (8 bytes, little-endian), the length's masked
/// CRC-32C, the record, and its CRC. A record is an `Event` of protocol buffers, which
/// [EventRecord] reads. A tail that is half written is left for the next time.
public final class EventScalars {
  /// A histogram or a picture has a few million bytes; what says that it has more is no record.
  private static final long MOST_RECORD_BYTES = 256L << 20;

  private static final int HEAD_BYTES = 12;
  private static final int FOOT_BYTES = 4;

  private EventScalars() {}

  /// Is told of every scalar.
  @FunctionalInterface
  public interface Scalars {
    /// @param time seconds since 1970
    void scalar(String tag, long step, double time, double value);
  }

  /// Reads from an offset on.
  ///
  /// @return the offset from which to go on: the end of the last whole record
  /// @throws BrokenEventsException where a checksum or a length is wrong, or the bytes are no event
  public static long read(Path file, long offset, Scalars to) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      channel.position(offset);
      InputStream bytes = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
      return read(new DataInputStream(bytes), offset, size, to);
    }
  }

  private static long read(DataInputStream in, long offset, long size, Scalars to)
      throws IOException {
    long at = offset;
    byte[] head = new byte[HEAD_BYTES];
    while (size - at >= HEAD_BYTES) {
      in.readFully(head);
      ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      long length = fields.getLong();
      if (fields.getInt() != masked(head, 8)) {
        throw new BrokenEventsException(
            "the checksum of the length at byte %d is wrong: it is no event file, or damaged there"
                .formatted(at));
      }
      if (length < 0 || length > MOST_RECORD_BYTES) {
        throw new BrokenEventsException(
            "the record at byte %d says that it has %d bytes, and at most %d are read"
                .formatted(at, length, MOST_RECORD_BYTES));
      }
      if (size - at < HEAD_BYTES + length + FOOT_BYTES) {
        break; // half written
      }
      byte[] record = new byte[(int) length];
      in.readFully(record);
      if (Integer.reverseBytes(in.readInt()) != masked(record, record.length)) {
        throw new BrokenEventsException(
            "the checksum of the record at byte %d is wrong: the file is damaged there"
                .formatted(at));
      }
      try {
        EventRecord.read(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN), to);
      } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
        throw new BrokenEventsException("the record at byte %d is no event".formatted(at));
      }
      at += HEAD_BYTES + length + FOOT_BYTES;
    }
    return at;
  }

  /// CRC-32C, turned right by 15 bits and shifted.
  private static int masked(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
