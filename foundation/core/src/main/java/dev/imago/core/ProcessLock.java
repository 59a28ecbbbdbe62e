package dev.imago.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The hold of one process on what lies beside a file, until it is closed; a kill releases it. The
/// file stays and is empty.
public final class ProcessLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private ProcessLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Takes the hold, and makes the file and its folder where there are none.
  ///
  /// @param taken what is said when another has it, with the mend
  /// @throws EnvironmentException when another process, or another part of this one, has it, or the
  ///   file cannot be written
  public static ProcessLock take(Path file, String taken) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return new ProcessLock(file, channel);
        }
      } catch (OverlappingFileLockException sameProcess) {
        // Told below, as for another process.
      }
      channel.close();
      throw new EnvironmentException(taken);
    } catch (IOException e) {
      throw new EnvironmentException(
          "the workspace %s cannot be written: %s; name a folder that can be with --workspace DIR"
              .formatted(file.toAbsolutePath().getParent(), AtomicFile.reason(e)),
          e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFile.failure("unlock", file, e);
    }
  }
}
