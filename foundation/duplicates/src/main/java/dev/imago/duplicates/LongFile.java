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
import java.util.ArrayList;
import java.util.List;

/// Numbers in a mapped file, which grows as they are set: an array beside the heap. What was never
/// set is 0. One thread writes; any number read once it has.
public final class LongFile implements AutoCloseable {
  private static final int CHUNK_BITS = 17;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final Path file;
  private final FileChannel channel;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> chunks = new ArrayList<>();
  private final ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
  private long size;

  /// @param file to be made; it is gone after [#close]
  public LongFile(Path file) {
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

  /// One more than the last place that was set.
  public long size() {
    return size;
  }

  public long get(long index) {
    return index >= (long) chunks.size() << CHUNK_BITS
        ? 0
        : chunks.get((int) (index >>> CHUNK_BITS)).get(LONG, (index & CHUNK - 1) << 3);
  }

  public void set(long index, long value) {
    while (index >= (long) chunks.size() << CHUNK_BITS) {
      grow();
    }
    chunks.get((int) (index >>> CHUNK_BITS)).set(LONG, (index & CHUNK - 1) << 3, value);
    size = Math.max(size, index + 1);
  }

  public void add(long value) {
    set(size, value);
  }

  /// A stretch is written before it is mapped: a full disk is an error here, and a broken machine
  /// there.
  private void grow() {
    long from = (long) chunks.size() * CHUNK * Long.BYTES;
    try {
      for (long at = from; at < from + (long) CHUNK * Long.BYTES; at += zeros.capacity()) {
        zeros.clear();
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
      chunks.add(
          channel.map(FileChannel.MapMode.READ_WRITE, from, (long) CHUNK * Long.BYTES, arena));
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
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
