package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Texts end to end in a file, in UTF-16 units: written once, then mapped.
final class TextStore implements AutoCloseable {
  private static final ValueLayout.OfChar CHAR =
      ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN);

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 17);
  private final Arena arena = Arena.ofShared();
  private MemorySegment all = MemorySegment.NULL;
  private long units;

  TextStore(Path file) {
    this.file = file;
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
  }

  /// Adds a text; where it begins.
  long add(CharSequence text) {
    long from = units;
    for (int i = 0; i < text.length(); i++) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.putChar(text.charAt(i));
    }
    units += text.length();
    return from;
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    buffer.clear();
  }

  /// Nothing is added from here on, and what was can be read.
  void map() {
    flush();
    try {
      all = channel.map(FileChannel.MapMode.READ_ONLY, 0, 2 * units, arena);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  char[] read(long from, int length) {
    char[] read = new char[length];
    MemorySegment.copy(all, CHAR, 2 * from, read, 0, length);
    return read;
  }

  char unit(long at) {
    return all.get(CHAR, 2 * at);
  }

  /// How many units there are.
  long units() {
    return units;
  }

  /// Whether two stretches of a length are the same.
  boolean same(long a, long b, long length) {
    if (Math.max(a, b) + length > units) {
      return false;
    }
    return MemorySegment.mismatch(all, 2 * a, 2 * (a + length), all, 2 * b, 2 * (b + length)) < 0;
  }

  @Override
  public void close() {
    arena.close();
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
