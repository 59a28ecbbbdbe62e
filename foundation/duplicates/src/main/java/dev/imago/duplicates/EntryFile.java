package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Of each text its id and its shingles, on disk, by number.
final class EntryFile implements AutoCloseable {
  private static final int SHORT = 128;

  private final Path file;
  private final FileChannel channel;
  private final LongFile offsets;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
  private long written;

  EntryFile(Path folder) {
    file = folder.resolve("entries.bin");
    try {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    offsets = new LongFile(folder.resolve("offsets.bin"));
  }

  long size() {
    return offsets.size();
  }

  void add(String id, long[] shingles) {
    byte[] name = id.getBytes(StandardCharsets.UTF_8);
    offsets.add(written + buffer.position());
    room(8 + name.length);
    if (8 + name.length > buffer.capacity()) {
      // An id of a quarter of a megabyte: alone, past the buffer.
      write(
          ByteBuffer.allocate(8 + name.length)
              .putInt(name.length)
              .putInt(shingles.length)
              .put(name)
              .flip());
    } else {
      buffer.putInt(name.length).putInt(shingles.length).put(name);
    }
    for (long shingle : shingles) {
      room(Long.BYTES);
      buffer.putLong(shingle);
    }
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  /// What was added can be read from here on.
  void flush() {
    write(buffer.flip());
    buffer.clear();
  }

  private void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        written += channel.write(bytes, written);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  String id(long number) {
    long at = offsets.get(number);
    // Most often head and id are one read.
    ByteBuffer head = read(at, (int) Math.min(SHORT, written - at));
    int length = head.getInt(0);
    return length <= head.limit() - 8
        ? new String(head.array(), 8, length, StandardCharsets.UTF_8)
        : new String(read(at + 8, length).array(), StandardCharsets.UTF_8);
  }

  /// In order, with repetitions.
  long[] shingles(long number) {
    long at = offsets.get(number);
    ByteBuffer head = read(at, 8);
    long[] shingles = new long[head.getInt(4)];
    long from = at + 8 + head.getInt(0);
    int most = 1 << 24;
    for (int done = 0; done < shingles.length; done += most) {
      int count = Math.min(most, shingles.length - done);
      read(from + 8L * done, 8 * count).asLongBuffer().get(shingles, done, count);
    }
    return shingles;
  }

  private ByteBuffer read(long from, int bytes) {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    try {
      long at = from;
      while (into.hasRemaining()) {
        int read = channel.read(into, at);
        if (read < 0) {
          throw new IOException("it was cut short");
        }
        at += read;
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    return into.flip();
  }

  @Override
  public void close() {
    offsets.close();
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
