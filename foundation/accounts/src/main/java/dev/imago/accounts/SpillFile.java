package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Where settlements wait while the database is out of reach: a file of lines, each fsynced before
/// the end of its answer is sent. Of one process at a time; a later one takes up what a killed one
/// left.
final class SpillFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_FILES = 64;

  private final FileChannel channel;

  private SpillFile(FileChannel channel) {
    this.channel = channel;
  }

  /// The first that no other process has.
  static SpillFile open(Path folder) {
    try {
      Files.createDirectories(folder);
      for (int i = 1; i <= MOST_FILES; i++) {
        FileChannel channel =
            FileChannel.open(
                folder.resolve("ledger-%d.jsonl".formatted(i)),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (locked(channel)) {
          cutHalfLine(channel);
          return new SpillFile(channel);
        }
        channel.close();
      }
      throw new EnvironmentException(
          "%d servers write ledgers into %s, and no more may: give each a workspace of its own"
              .formatted(MOST_FILES, folder));
    } catch (IOException e) {
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

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false; // another server of this process
    }
  }

  boolean isEmpty() {
    try {
      return channel.size() == 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void append(List<Settlement> settlements) {
    var lines = new StringBuilder();
    for (Settlement each : settlements) {
      lines.append(JSON.writeValueAsString(each)).append('\n');
    }
    try {
      long end = channel.size();
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
      try {
        channel.position(end);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      } catch (IOException e) {
        channel.truncate(end); // half a line would spoil those after it
        throw e;
      }
    } catch (IOException e) {
      throw failed(e);
    }
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

  void clear() {
    try {
      channel.truncate(0);
      channel.force(true);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static EnvironmentException failed(IOException e) {
    return new EnvironmentException(
        "the ledger's file for when the database is out of reach cannot be used (%s): make room, or mend the folder"
            .formatted(e.getMessage()),
        e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // What it holds has been fsynced.
    }
  }
}
