package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Records of a fixed number of longs, taken in any order and given back in one, by all their
/// columns, the first weighing most: in memory while they fit, else by sorted runs on disk.
final class LongSorter implements AutoCloseable {
  private static final int LEAST_BUFFER_BYTES = 1 << 13;
  private static final int MOST_BUFFER_BYTES = 1 << 17;

  private final Path folder;
  private final String name;
  private final int width;
  private final long memoryBytes;
  private final int most;
  private final List<Path> runs = new ArrayList<>();
  private long[] data;
  private int held;
  private long size;

  /// @param memoryBytes for records in memory, and for the buffers of the runs
  LongSorter(Path folder, String name, int width, long memoryBytes) {
    this.folder = folder;
    this.name = name;
    this.width = width;
    this.memoryBytes = memoryBytes;
    this.most = (int) Math.clamp(memoryBytes / (8L * width), 16, (1 << 28) / width);
    this.data = new long[width * Math.min(most, 256)];
  }

  void add(long... record) {
    if (held == most) {
      spill();
    }
    int at = held++ * width;
    if (at == data.length) {
      data = Arrays.copyOf(data, width * (int) Math.min(most, held * 2L));
    }
    System.arraycopy(record, 0, data, at, width);
    size++;
  }

  /// Records taken.
  long size() {
    return size;
  }

  /// All of them in order; nothing is added from here on.
  Cursor sorted() {
    if (runs.isEmpty()) {
      RecordOrder.sort(data, width, held);
      return new Held(data, held);
    }
    spill();
    data = new long[0];
    return new Merged();
  }

  private void spill() {
    if (held == 0) {
      return;
    }
    RecordOrder.sort(data, width, held);
    Path file = folder.resolve(name + "-" + runs.size() + ".run");
    runs.add(file);
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BUFFER_BYTES / (8 * width) * (8 * width));
    LongBuffer longs = bytes.asLongBuffer();
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      int end = held * width;
      for (int from = 0; from < end; from += longs.capacity()) {
        int count = Math.min(longs.capacity(), end - from);
        longs.clear().put(data, from, count);
        bytes.clear().limit(8 * count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    held = 0;
  }

  @Override
  public void close() {
    data = new long[0];
    for (Path file : runs) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    runs.clear();
  }

  /// Records in their order, one at a time.
  abstract static class Cursor implements AutoCloseable {
    /// The current record, after [#next] was true.
    final long[] record;

    Cursor(int width) {
      record = new long[width];
    }

    /// Goes to the next record; false at the end.
    abstract boolean next();

    @Override
    public void close() {}
  }

  private final class Held extends Cursor {
    private final long[] all;
    private final int count;
    private int at;

    Held(long[] all, int count) {
      super(width);
      this.all = all;
      this.count = count;
    }

    @Override
    boolean next() {
      if (at == count) {
        return false;
      }
      System.arraycopy(all, at++ * width, record, 0, width);
      return true;
    }
  }

  /// All runs as one, by a tree of losers (Knuth, volume 3, 5.4.1): a record that is taken costs
  /// one comparison a level.
  private final class Merged extends Cursor {
    private static final int NOBODY = -1;

    private final Stored[] from = new Stored[runs.size()];

    /// The first long of each run's record, which decides nearly always.
    private final long[] firsts = new long[from.length];

    private final boolean[] ended = new boolean[from.length];

    /// Of each match who lost it; the match above number m is m/2, that of run r is (r + runs)/2.
    private final int[] losers = new int[from.length];

    private int winner = NOBODY;
    private boolean begun;

    Merged() {
      super(width);
      int buffer =
          (int) Math.clamp(memoryBytes / runs.size(), LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES);
      for (int run = 0; run < from.length; run++) {
        from[run] = new Stored(runs.get(run), buffer);
        advance(run);
      }
      Arrays.fill(losers, NOBODY);
      for (int run = 0; run < from.length; run++) {
        play(run);
      }
    }

    private void advance(int run) {
      if (from[run].next()) {
        firsts[run] = from[run].record[0];
      } else {
        ended[run] = true;
        from[run].close();
      }
    }

    /// Plays a run's matches up to the top; while the tree is filled, up to where its opponent is
    /// not there yet.
    private void play(int run) {
      int best = run;
      for (int match = (run + from.length) / 2; match > 0; match /= 2) {
        int other = losers[match];
        if (other == NOBODY) {
          losers[match] = best;
          return;
        }
        if (isBefore(other, best)) {
          losers[match] = best;
          best = other;
        }
      }
      winner = best;
    }

    private boolean isBefore(int a, int b) {
      if (ended[a] || ended[b]) {
        return !ended[a];
      }
      return firsts[a] != firsts[b]
          ? firsts[a] < firsts[b]
          : Arrays.compare(from[a].record, from[b].record) < 0;
    }

    @Override
    boolean next() {
      if (begun) {
        advance(winner);
        play(winner);
      }
      begun = true;
      if (ended[winner]) {
        begun = false;
        return false;
      }
      System.arraycopy(from[winner].record, 0, record, 0, width);
      return true;
    }

    @Override
    public void close() {
      for (int run = 0; run < from.length; run++) {
        if (!ended[run]) {
          ended[run] = true;
          from[run].close();
        }
      }
    }
  }

  private final class Stored extends Cursor {
    private final FileChannel channel;
    private final Path file;
    private final ByteBuffer bytes;
    private LongBuffer longs;

    Stored(Path file, int buffer) {
      super(width);
      this.file = file;
      bytes = ByteBuffer.allocate(Math.max(1, buffer / (8 * width)) * (8 * width));
      longs = bytes.asLongBuffer().limit(0);
      try {
        channel = FileChannel.open(file, StandardOpenOption.READ);
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
      }
    }

    @Override
    boolean next() {
      try {
        if (!longs.hasRemaining()) {
          bytes.clear();
          int read = 0;
          while (read >= 0 && bytes.hasRemaining()) {
            read = channel.read(bytes);
          }
          bytes.flip();
          longs = bytes.asLongBuffer();
        }
        if (longs.remaining() < width) {
          return false;
        }
        longs.get(record);
        return true;
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
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
