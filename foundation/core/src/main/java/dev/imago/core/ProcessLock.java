package dev.imago.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The hold of one process on what lies beside a file, until it is closed; a kill releases it. The
/// file stays and is empty.
///
/// Nothing else may open that file: POSIX gives up a process's locks of a file when the process
/// closes any channel of it, that of a mere look as well.
public final class ProcessLock implements AutoCloseable {
  /// The files that this process holds, asked before one is opened; its monitor is held as long as
  /// a channel is open that may not be.
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private ProcessLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// A file's one name, by whatever links it is reached.
  private static Path known(Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    return folder.toRealPath().resolve(file.getFileName());
  }

  /// Takes the hold, and makes the file and its folder where there are none.
  ///
  /// @param taken what is said when another has it, with the mend
  /// @throws EnvironmentException when another process, or another part of this one, has it, or the
  ///   file cannot be written
  public static ProcessLock take(Path file, String taken) {
    return tryTake(file).orElseThrow(() -> new EnvironmentException(taken));
  }

  /// The same for who has other work where another has it: then there is none.
  ///
  /// @throws EnvironmentException when the file cannot be written
  public static Optional<ProcessLock> tryTake(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path known = known(file);
      synchronized (HELD) {
        if (!HELD.contains(known)) {
          FileChannel channel =
              FileChannel.open(known, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          try {
            if (channel.tryLock() != null) {
              HELD.add(known);
              return Optional.of(new ProcessLock(known, channel));
            }
          } finally {
            if (!HELD.contains(known)) {
              channel.close();
            }
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new EnvironmentException(
          "the workspace %s cannot be written: %s; name a folder that can be with --workspace DIR"
              .formatted(file.toAbsolutePath().getParent(), AtomicFile.reason(e)),
          e);
    }
  }

  /// Whether a process has the hold now, this one or another.
  static boolean isTaken(Path file) {
    try {
      if (!Files.exists(file)) {
        return false;
      }
      Path known = known(file);
      synchronized (HELD) {
        if (HELD.contains(known)) {
          return true;
        }
        try (FileChannel channel = FileChannel.open(known, StandardOpenOption.READ);
            FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
          return free == null;
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  @Override
  public void close() {
    synchronized (HELD) {
      if (channel.isOpen()) {
        HELD.remove(file);
      }
      try {
        channel.close();
      } catch (IOException e) {
        throw AtomicFile.failure("unlock", file, e);
      }
    }
  }
}
