package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import dev.imago.core.ProcessLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Where settlements are on disk before the database has them there, or while it is out of reach: a
/// file of lines, each fsynced before the end of its answer is sent. Of one process at a time; a
/// later one takes up what a killed one left.
final class LedgerFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern NAME = Pattern.compile("ledger-(\\d+)\\.jsonl");
  private static final int MOST_FILES = 128;

  /// Within this process, where a lock of the file itself says nothing.
  private final ProcessLock lock;

  private final FileChannel channel;
  private volatile long bytes;
  private volatile boolean doubtful;
  private volatile long failures;

  private LedgerFile(ProcessLock lock, FileChannel channel) throws IOException {
    this.lock = lock;
    this.channel = channel;
    this.bytes = channel.size();
    this.doubtful = bytes > 0;
  }

  /// The first that no other server has.
  static LedgerFile open(Path folder) {
    for (int i = 1; i <= MOST_FILES; i++) {
      Optional<LedgerFile> free = open(folder, i);
      if (free.isPresent()) {
        return free.get();
      }
    }
    throw new EnvironmentException(
        "%d servers write ledgers into %s, and no more may: give each a workspace of its own"
            .formatted(MOST_FILES / 2, folder));
  }

  /// What servers that have ended left in a folder.
  static List<LedgerFile> left(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      var left = new ArrayList<LedgerFile>();
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches() && Files.size(file) > 0) {
          open(folder, Integer.parseInt(name.group(1))).ifPresent(left::add);
        }
      }
      return left;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static Optional<LedgerFile> open(Path folder, int number) {
    Optional<ProcessLock> lock =
        ProcessLock.tryTake(folder.resolve("ledger-%d.lock".formatted(number)));
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve("ledger-%d.jsonl".formatted(number)),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (channel.tryLock() == null) { // a server of an earlier version
        close(channel, lock.get());
        return Optional.empty();
      }
      cutHalfLine(channel);
      return Optional.of(new LedgerFile(lock.get(), channel));
    } catch (IOException e) {
      close(channel, lock.get());
      throw failed(e);
    }
  }

  /// A last line that was cut by a kill goes, since the end of its answer was not sent: what is
  /// appended would be lost with it.
  private static void cutHalfLine(FileChannel channel) throws IOException {
    long end = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    while (end > 0 && (channel.read(last.clear(), end - 1) < 1 || last.get(0) != '\n')) {
      end--;
    }
    channel.truncate(end);
  }

  /// Whether lines of it may not be in the database.
  boolean isDoubtful() {
    return doubtful;
  }

  void doubt() {
    doubtful = true;
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  long bytes() {
    return bytes;
  }

  /// The least that was told of its lines.
  long failures() {
    return failures;
  }

  /// @param failures of the database before any of them was booked
  void append(List<Settlement> settlements, long failures) {
    this.failures = bytes == 0 ? failures : Math.min(this.failures, failures);
    var lines = new StringBuilder();
    for (Settlement each : settlements) {
      lines.append(JSON.writeValueAsString(each)).append('\n');
    }
    ByteBuffer line = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    long end = bytes;
    try {
      try {
        channel.position(end);
        while (line.hasRemaining()) {
          channel.write(line);
        }
        channel.force(false);
      } catch (IOException e) {
        channel.truncate(end); // half a line would spoil those after it
        throw e;
      }
    } catch (IOException e) {
      throw failed(e);
    }
    bytes = end + line.limit();
  }

  /// What waits. A line that a disk has spoiled is told of and left out.
  List<Settlement> read() {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
      channel.position(0);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until all is there
      }
      var settlements = new ArrayList<Settlement>();
      for (String line :
          new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isEmpty()) {
          try {
            settlements.add(JSON.readValue(line, Settlement.class));
          } catch (JacksonException _) { // it names keys and models: not for a log
            LOG.log(
                System.Logger.Level.ERROR,
                "a line of the ledger's file cannot be read, and what one request used is lost");
          }
        }
      }
      return settlements;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Takes all lines out, which are in the database; those that a power failure brings back change
  /// nothing there.
  void clear() {
    try {
      channel.truncate(0);
      bytes = 0;
      doubtful = false;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static EnvironmentException failed(IOException e) {
    return new EnvironmentException(
        "the ledger's file cannot be used (%s): make room, or mend the folder"
            .formatted(e.getMessage()),
        e);
  }

  @Override
  public void close() {
    close(channel, lock);
  }

  private static void close(@Nullable FileChannel channel, ProcessLock lock) {
    try (lock) {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException _) {
      // What it holds has been fsynced.
    }
  }
}
