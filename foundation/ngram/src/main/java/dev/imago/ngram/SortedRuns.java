package dev.imago.ngram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Sorted stretches of records on disk, and their merging into one order.
final class SortedRuns implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 17;

  private final Path folder;
  private final String name;
  private final int width;
  private final int[] columns;
  private final List<Path> files = new ArrayList<>();
  private int forced;

  /// @param columns that are compared, the most significant first
  SortedRuns(Path folder, String name, int width, int[] columns) {
    this.folder = folder;
    this.name = name;
    this.width = width;
    this.columns = columns;
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /// Takes the runs that are there already.
  ///
  /// @param bytes of each
  /// @return false where one is not as long as that, and nothing was taken
  boolean take(List<Long> bytes) {
    var there = new ArrayList<Path>();
    try {
      for (long each : bytes) {
        Path file = file(there.size());
        if (!Files.isRegularFile(file) || Files.size(file) != each) {
          return false;
        }
        there.add(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.addAll(there);
    return true;
  }

  private Path file(int number) {
    return folder.resolve("%s-%d.run".formatted(name, number));
  }

  /// The bytes of each run, all of which are on disk then.
  List<Long> stored() {
    var bytes = new ArrayList<Long>();
    try {
      for (int i = 0; i < files.size(); i++) {
        try (FileChannel channel = FileChannel.open(files.get(i), StandardOpenOption.WRITE)) {
          if (i >= forced) {
            channel.force(true);
          }
          bytes.add(channel.size());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    forced = files.size();
    return bytes;
  }

  /// Leaves the runs where they are.
  void keep() {
    files.clear();
  }

  /// Adds a run.
  ///
  /// @param order the records' numbers in `data`, sorted
  void write(int[] data, int[] order) {
    Path file = file(files.size());
    files.add(file);
    ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_BYTES / (4 * width) * (4 * width));
    IntBuffer ints = bytes.asIntBuffer();
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int number : order) {
        if (!ints.hasRemaining()) {
          flush(out, bytes, ints);
        }
        ints.put(data, number * width, width);
      }
      flush(out, bytes, ints);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flush(FileChannel out, ByteBuffer bytes, IntBuffer ints) throws IOException {
    bytes.limit(ints.position() * 4);
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    bytes.clear();
    ints.clear();
  }

  /// All records in one order.
  RecordCursor merged() {
    return new Merged();
  }

  @Override
  public void close() {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    files.clear();
  }

  private int compare(RecordCursor a, RecordCursor b) {
    for (int column : columns) {
      if (a.record[column] != b.record[column]) {
        return Integer.compare(a.record[column], b.record[column]);
      }
    }
    return 0;
  }

  private final class Merged extends RecordCursor {
    private final PriorityQueue<RecordCursor> heads =
        new PriorityQueue<>(Math.max(1, files.size()), (a, b) -> compare(a, b));
    private @Nullable RecordCursor taken;

    Merged() {
      super(width);
      for (Path file : files) {
        var run = new Stored(file);
        if (run.next()) {
          heads.add(run);
        } else {
          run.close();
        }
      }
    }

    @Override
    boolean next() {
      if (taken != null) {
        if (taken.next()) {
          heads.add(taken);
        } else {
          taken.close();
        }
      }
      taken = heads.poll();
      if (taken == null) {
        return false;
      }
      System.arraycopy(taken.record, 0, record, 0, width);
      return true;
    }

    @Override
    public void close() {
      heads.forEach(RecordCursor::close);
      heads.clear();
      if (taken != null) {
        taken.close();
      }
    }
  }

  private final class Stored extends RecordCursor {
    private final FileChannel channel;
    private final ByteBuffer bytes =
        ByteBuffer.allocateDirect(BUFFER_BYTES / (4 * width) * (4 * width));
    private IntBuffer ints = bytes.asIntBuffer().limit(0);

    Stored(Path file) {
      super(width);
      try {
        channel = FileChannel.open(file, StandardOpenOption.READ);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    boolean next() {
      try {
        if (!ints.hasRemaining()) {
          bytes.clear();
          int read = 0;
          while (read >= 0 && bytes.hasRemaining()) {
            read = channel.read(bytes);
          }
          bytes.flip();
          ints = bytes.asIntBuffer();
        }
        if (ints.remaining() < width) {
          return false;
        }
        ints.get(record);
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
