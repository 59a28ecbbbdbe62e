package dev.imago.vocabularies.learning;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The folder of one count: runs, and where there are checkpoints, their list and a lock. Runs are
/// added by any thread.
final class WordFolder implements AutoCloseable {
  /// More runs than these are not merged at once: each has a file open.
  private static final int MOST_RUNS = 64;

  private static final String RUNS = "run-*.words*";

  private final Path folder;
  private final @Nullable FileChannel lock;
  private final List<WordRun> runs = new ArrayList<>();
  private int lastRun;

  private WordFolder(Path folder, @Nullable FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// A new folder inside another, for a count that nobody goes on with.
  static WordFolder temporary(Path parent) throws IOException {
    Files.createDirectories(parent);
    return new WordFolder(Files.createTempDirectory(parent, "words-"), null);
  }

  /// A folder that lasts; what an earlier process left half done is cleared away.
  ///
  /// @param runs what the last checkpoint names
  static WordFolder lasting(Path folder, Collection<WordRun> runs) throws IOException {
    var found = new WordFolder(folder, lock(folder));
    found.runs.addAll(runs);
    found.clean();
    return found;
  }

  private static FileChannel lock(Path folder) throws IOException {
    var channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException(
          "%s is in use by another count; wait for it, or take another folder".formatted(folder));
    }
    return channel;
  }

  /// Deletes the runs that are not known, and notes the highest number.
  private void clean() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, RUNS)) {
      for (Path file : files) {
        String number = String.valueOf(file.getFileName()).replaceAll("\\D", "");
        if (number.length() < 10 && !number.isEmpty()) {
          lastRun = Math.max(lastRun, Integer.parseInt(number));
        }
        if (runs.stream().noneMatch(run -> run.file().equals(file))) {
          Files.delete(file);
        }
      }
    }
  }

  Path path() {
    return folder;
  }

  List<WordRun> runs() {
    synchronized (runs) {
      return List.copyOf(runs);
    }
  }

  /// Writes words, which come sorted, as a run.
  void spill(CountedWords words) throws IOException {
    Path file;
    synchronized (runs) {
      file = folder.resolve("run-%06d.words".formatted(++lastRun));
    }
    WordRun run = WordRun.write(file, words);
    synchronized (runs) {
      runs.add(run);
    }
  }

  /// Merges runs until no more than `most` are left. The old ones stay on the disk until
  /// [#forgetMerged].
  void merge(int most) throws IOException {
    for (List<WordRun> all = runs(); all.size() > most; all = runs()) {
      List<WordRun> some = all.subList(0, Math.min(MOST_RUNS, all.size()));
      spill(new MergedRuns(some));
      synchronized (runs) {
        runs.removeAll(some);
      }
    }
  }

  /// Deletes the runs that were merged into others.
  void forgetMerged() throws IOException {
    clean();
  }

  /// Deletes a temporary folder. What cannot be deleted is left to whoever owns the disk.
  static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, RUNS)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Nothing is lost, and nobody can do anything about it here.
    }
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
