package dev.imago.data;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// An append-only file of [Rating]s, one JSON object a line, that any number of processes write and
/// read at the same time.
///
/// A line counts once its newline is there: [#append] returns when line and newline are on disk. A
/// crash can leave a torn last line; readers pass over it and the next writer removes it. Each
/// append holds a lock of the file, so lines never mix, and a torn line is none that is being
/// written.
public final class RatingLog implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final ObjectReader READER = JSON.readerFor(Rating.class);
  private static final ObjectWriter WRITER = JSON.writerFor(Rating.class);

  /// The byte that a writer locks, far behind any content: where locks are mandatory (Windows), one
  /// on the content would keep readers out.
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /// An append takes milliseconds; who holds the lock longer hangs.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Path file;
  private final FileChannel channel;
  private final long tornBytes;

  private RatingLog(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    try (FileLock lock = lock()) {
      long size = channel.size();
      tornBytes = size - mend(size);
    }
  }

  /// Opens a log to append to, and creates it, with its folders, where there is none.
  ///
  /// @throws EnvironmentException when the file cannot be written
  public static RatingLog open(Path file) {
    FileChannel channel = null;
    try {
      Path folder =
          Objects.requireNonNull(
              file.toAbsolutePath().getParent(), () -> file + " names a folder, no file");
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      AtomicFile.sync(folder);
      return new RatingLog(file, channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw AtomicFile.failure("open", file, e);
    } catch (EnvironmentException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  /// The lock of one append. Java gives one process a lock of a file once only, whatever the
  /// channel, so another log of this process is waited for as another process is.
  private FileLock lock() throws IOException {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < PATIENCE_NANOS) {
      try {
        FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Held in this process.
      }
      LockSupport.parkNanos(1_000_000);
    }
    throw new EnvironmentException(
        "%s has been locked by another process for %d seconds: end the one that hangs, or name another file"
            .formatted(file, TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)));
  }

  /// Removes a torn last line, which is no one's once the lock is held.
  ///
  /// @return the end of the last whole line
  private long mend(long size) throws IOException {
    long end = endOfLastLine(channel, size);
    if (end < size) {
      channel.truncate(end);
      channel.force(true);
    }
    return end;
  }

  private static long endOfLastLine(FileChannel channel, long size) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(8192);
    for (long to = size; to > 0; ) {
      long from = Math.max(0, to - block.capacity());
      block.clear().limit((int) (to - from));
      for (long at = from; block.hasRemaining(); ) {
        int n = channel.read(block, at);
        if (n < 0) {
          throw new IOException("it shrank while it was read");
        }
        at += n;
      }
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return from + i + 1;
        }
      }
      to = from;
    }
    return 0;
  }

  public Path file() {
    return file;
  }

  /// Bytes of a torn last line that opening removed; 0 after a clean end.
  public long tornBytes() {
    return tornBytes;
  }

  /// Appends one rating; it is on disk when this returns.
  ///
  /// @throws EnvironmentException when it cannot be written; the log is then as it was before
  public synchronized void append(Rating rating) {
    ByteBuffer line =
        ByteBuffer.wrap(
            (WRITER.writeValueAsString(rating) + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileLock lock = lock()) {
      long end = mend(channel.size());
      try {
        for (long at = end; line.hasRemaining(); ) {
          at += channel.write(line, at);
        }
        channel.force(true);
      } catch (IOException e) {
        try {
          channel.truncate(end);
        } catch (IOException truncation) {
          e.addSuppressed(truncation); // the next append removes the torn line
        }
        throw e;
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  /// Every rating whose line was whole when it was reached, in the order of writing. Close the
  /// stream.
  ///
  /// @throws InputException when there is no such file, and (while streaming) naming file and line
  ///   for a whole line that is no rating
  public static Stream<Rating> read(Path file) {
    try {
      var lines = new Lines(file);
      return StreamSupport.stream(lines, false).onClose(lines::close);
    } catch (NoSuchFileException e) {
      throw new InputException(
          "%s: no such rating log; a server writes it when its first answer is rated"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// All ratings that count, as a list: of several for one completion, the last, in its place.
  public static List<Rating> latest(Path file) {
    var latest = new java.util.LinkedHashMap<String, Rating>();
    try (Stream<Rating> ratings = read(file)) {
      ratings.forEach(rating -> latest.putLast(rating.completionId(), rating));
    }
    return List.copyOf(latest.values());
  }

  @Override
  public synchronized void close() {
    closeQuietly(channel); // every line was forced to disk when it was written
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException ignored) {
        // Nothing is lost by it.
      }
    }
  }

  /// The whole lines of a file, parsed. [BufferedReader#readLine] would not do: it gives a torn
  /// last line too.
  private static final class Lines extends Spliterators.AbstractSpliterator<Rating> {
    private final Path file;
    private final InputStream in;
    private long line;

    Lines(Path file) throws IOException {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.file = file;
      in = new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Override
    public boolean tryAdvance(Consumer<? super Rating> action) {
      var bytes = new ByteArrayOutputStream(512);
      try {
        int b;
        while ((b = in.read()) != '\n') {
          if (b < 0) {
            return false; // the end, or a torn line before it
          }
          bytes.write(b);
        }
        line++;
        action.accept(READER.readValue(bytes.toByteArray()));
        return true;
      } catch (JacksonException e) {
        String why =
            e.getCause() instanceof IllegalArgumentException refusal
                ? String.valueOf(refusal.getMessage())
                : e.getOriginalMessage();
        throw new InputException(
            "%s, line %d: no rating (%s); remove the line, or restore the file"
                .formatted(file, line, why),
            e);
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
      }
    }

    void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw AtomicFile.failure("close", file, e);
      }
    }
  }
}
