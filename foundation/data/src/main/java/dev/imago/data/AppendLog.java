package dev.imago.data;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// An append-only file of records, one JSON object a line, that any number of processes write and
/// read at the same time.
///
/// A line counts once its newline is there: [#append] returns when line and newline are on disk. A
/// crash can leave a torn last line; readers pass over it and the next writer removes it. Each
/// append holds a lock of the file, so lines never mix, and a torn line is none that is being
/// written. Lines go by [#remove] alone, which puts another file in the place of the old one; who
/// has that open sees it once the lock is held, and opens the new one.
final class AppendLog<T> implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// The byte that a writer locks, far behind any content: where locks are mandatory (Windows), one
  /// on the content would keep readers out.
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /// An append takes milliseconds; who holds the lock longer hangs.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Path file;
  private final ObjectWriter writer;
  private Opened opened;
  private final long tornBytes;

  /// @param key tells the file from another of its name; null where the file system does not
  private record Opened(FileChannel channel, @Nullable Object key) {
    static Opened of(Path file) throws IOException {
      while (true) {
        // The key before, too: another file may come into this one's place while it is opened.
        Object before = Files.exists(file) ? key(file) : null;
        FileChannel channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Object after = key(file);
        if (after == null || after.equals(before)) {
          return new Opened(channel, after);
        }
        channel.close(); // made just now, or replaced meanwhile: the next round knows it
      }
    }

    private static @Nullable Object key(Path file) throws IOException {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /// Whether another file has come into the place of this one.
    boolean stale(Path file) throws IOException {
      return key != null && (!Files.exists(file) || !key.equals(key(file)));
    }
  }

  private AppendLog(Path file, Class<T> type, Opened opened) throws IOException {
    this.file = file;
    this.writer = JSON.writerFor(type);
    this.opened = opened;
    try (FileLock lock = lock()) {
      long size = channel().size();
      tornBytes = size - mend(size);
    }
  }

  private FileChannel channel() {
    return opened.channel;
  }

  /// Opens a log to append to, and creates it, with its folders, where there is none.
  ///
  /// @throws EnvironmentException when the file cannot be written
  static <T> AppendLog<T> open(Path file, Class<T> type) {
    FileChannel channel = null;
    try {
      Path folder =
          Objects.requireNonNull(
              file.toAbsolutePath().getParent(), () -> file + " names a folder, no file");
      Files.createDirectories(folder);
      Opened opened = Opened.of(file);
      channel = opened.channel;
      AtomicFile.sync(folder);
      return new AppendLog<>(file, type, opened);
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
        FileLock lock = channel().tryLock(LOCKED_BYTE, 1, false);
        if (lock != null && !opened.stale(file)) {
          return lock;
        }
        if (lock != null) {
          FileChannel old = channel();
          opened = Opened.of(file);
          old.close(); // the lock goes with it
          continue;
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
    long end = endOfLastLine(channel(), size);
    if (end < size) {
      channel().truncate(end);
      channel().force(true);
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

  Path file() {
    return file;
  }

  /// Bytes of a torn last line that opening removed; 0 after a clean end.
  long tornBytes() {
    return tornBytes;
  }

  /// Appends one record; it is on disk when this returns.
  ///
  /// @throws EnvironmentException when it cannot be written; the log is then as it was before
  synchronized void append(T one) {
    ByteBuffer line =
        ByteBuffer.wrap((writer.writeValueAsString(one) + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileLock lock = lock()) {
      long end = mend(channel().size());
      try {
        for (long at = end; line.hasRemaining(); ) {
          at += channel().write(line, at);
        }
        channel().force(true);
      } catch (IOException e) {
        try {
          channel().truncate(end);
        } catch (IOException truncation) {
          e.addSuppressed(truncation); // the next append removes the torn line
        }
        throw e;
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  /// Takes records out, for good: what stays is in a new file when this returns.
  ///
  /// @return those that went
  synchronized List<T> remove(Class<T> type, String noun, Predicate<T> goes) {
    var gone = new ArrayList<T>();
    try (FileLock lock = lock()) {
      mend(channel().size());
      var which = new BitSet();
      Iterator<T> all = held(type, noun);
      for (int line = 0; all.hasNext(); line++) {
        T one = all.next();
        if (goes.test(one)) {
          which.set(line);
          gone.add(one);
        }
      }
      if (!gone.isEmpty()) {
        Iterator<T> again = held(type, noun);
        AtomicFile.write(
            file,
            out -> {
              for (int line = 0; again.hasNext(); line++) {
                T one = again.next();
                if (!which.get(line)) {
                  out.write(
                      (writer.writeValueAsString(one) + "\n").getBytes(StandardCharsets.UTF_8));
                }
              }
            });
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    return gone;
  }

  /// All records, by the channel that holds the lock, which stays open: POSIX gives a process's
  /// locks of a file up with the first descriptor of it that is closed.
  private Iterator<T> held(Class<T> type, String noun) throws IOException {
    channel().position(0);
    var in = new BufferedInputStream(Channels.newInputStream(channel()), 1 << 16);
    return Spliterators.iterator(new Lines<T>(file, in, JSON.readerFor(type), noun));
  }

  /// Every record whose line was whole when it was reached, in the order of writing. Close the
  /// stream.
  ///
  /// @param noun what a record is, for messages
  /// @throws InputException when there is no such file, and (while streaming) naming file and line
  ///   for a whole line that is none
  static <T> Stream<T> read(Path file, Class<T> type, String noun) {
    try {
      var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      var lines = new Lines<T>(file, in, JSON.readerFor(type), noun);
      return StreamSupport.stream(lines, false).onClose(lines::close);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  @Override
  public synchronized void close() {
    closeQuietly(channel()); // every line was forced to disk when it was written
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
  private static final class Lines<T> extends Spliterators.AbstractSpliterator<T> {
    private final Path file;
    private final ObjectReader reader;
    private final String noun;
    private final InputStream in;
    private long line;

    Lines(Path file, InputStream in, ObjectReader reader, String noun) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.file = file;
      this.reader = reader;
      this.noun = noun;
      this.in = in;
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
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
        action.accept(reader.<T>readValue(bytes.toByteArray()));
        return true;
      } catch (JacksonException e) {
        String why =
            e.getCause() instanceof IllegalArgumentException refusal
                ? String.valueOf(refusal.getMessage())
                : e.getOriginalMessage();
        throw new InputException(
            "%s, line %d: no %s (%s); remove the line, or restore the file"
                .formatted(file, line, noun, why),
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
