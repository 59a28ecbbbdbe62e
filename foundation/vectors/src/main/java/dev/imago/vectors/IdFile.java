package dev.imago.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A text as numbers of words, four bytes each, in a scratch file: written once by
/// [LittleEndianOutput], then mapped.
final class IdFile implements AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment ids;

  IdFile(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ids = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long size() {
    return ids.byteSize() / 4;
  }

  int id(long at) {
    return ids.getAtIndex(INT, at);
  }

  @Override
  public void close() {
    arena.close();
  }
}
