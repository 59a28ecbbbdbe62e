package dev.imago.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32;

/// What an unfinished training needs to go on: how far it is and its numbers, written beside and
/// renamed, with a checksum; one of other settings, or a broken one, is not gone on from.
final class TrainingCheckpoint {
  private static final long NANOS_BETWEEN = 60_000_000_000L;

  private final Path file;
  private final long key;
  private final List<float[]> numbers;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
  private long last = System.nanoTime();

  /// @param same what has to be the same to go on
  TrainingCheckpoint(Path file, List<?> same, List<float[]> numbers) {
    this.file = file;
    this.numbers = numbers;
    var crc = new CRC32();
    crc.update(same.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    this.key = crc.getValue();
  }

  Path file() {
    return file;
  }

  /// Saves where a minute has gone by since.
  void saveNowAndThen(long done) {
    if (System.nanoTime() - last >= NANOS_BETWEEN) {
      save(done);
      last = System.nanoTime();
    }
  }

  void save(long done) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    var crc = new CRC32();
    try {
      Files.createDirectories(beside.toAbsolutePath().getParent());
      try (var channel =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        buffer.clear().putLong(key).putLong(done);
        put(channel, crc);
        for (float[] of : numbers) {
          for (int at = 0; at < of.length; ) {
            int n = Math.min(of.length - at, buffer.capacity() / 4);
            buffer.clear();
            buffer.asFloatBuffer().put(of, at, n);
            buffer.position(4 * n);
            put(channel, crc);
            at += n;
          }
        }
        buffer.clear().putLong(crc.getValue());
        put(channel, crc);
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(FileChannel channel, CRC32 crc) throws IOException {
    buffer.flip();
    crc.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// Fills the numbers.
  ///
  /// @return how far it was; 0 where there is nothing to go on from, and then the numbers are 0
  long restore() {
    long size = 24;
    for (float[] of : numbers) {
      size += 4L * of.length;
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != size) {
        return 0;
      }
      var crc = new CRC32();
      get(channel, 16, crc);
      if (buffer.getLong() != key) {
        return 0;
      }
      long done = buffer.getLong();
      for (float[] of : numbers) {
        for (int at = 0; at < of.length; ) {
          int n = Math.min(of.length - at, buffer.capacity() / 4);
          get(channel, 4 * n, crc);
          buffer.asFloatBuffer().get(of, at, n);
          at += n;
        }
      }
      long told = crc.getValue();
      get(channel, 8, crc);
      if (buffer.getLong() == told) {
        return done;
      }
      numbers.forEach(of -> java.util.Arrays.fill(of, 0));
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void get(FileChannel channel, int bytes, CRC32 crc) throws IOException {
    buffer.clear().limit(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException(file + " is cut off");
      }
    }
    buffer.flip();
    crc.update(buffer.duplicate());
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
