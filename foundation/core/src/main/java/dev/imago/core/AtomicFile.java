package dev.imago.core;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;

/// The one way a file is written: a temporary file in the same folder, fsync, an atomic rename,
/// fsync of the folder. A reader sees the old file or the new one, whole.
public final class AtomicFile {
  private AtomicFile() {}

  /// Fills a stream.
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /// Fills a file by its path, for writers that need to seek or to map.
  @FunctionalInterface
  public interface Body {
    void write(Path temporary) throws IOException;
  }

  /// Writes `file` whole, through a buffered stream.
  ///
  /// @throws EnvironmentException when the disk is full or the folder cannot be written
  public static void write(Path file, Content content) {
    replace(
        file,
        temporary -> {
          try (OutputStream out =
              new java.io.BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
            content.write(out);
          }
        });
  }

  /// Writes `file` whole, as UTF-8.
  public static void write(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Writes `file` whole, by a path in the same folder that is renamed once it is on disk.
  ///
  /// Of several threads or processes that write one file, the last to end wins, whole.
  public static void replace(Path file, Body body) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "no file: " + file);
    // By process and thread: nobody else writes under this name, and a kill's leftover is
    // recognised by its process. A body that replaces the very file it is writing has no meaning.
    Path temporary =
        folder.resolve(
            ".%s.%d.%d"
                .formatted(
                    file.getFileName(),
                    ProcessHandle.current().pid(),
                    Thread.currentThread().threadId()));
    boolean moved = false;
    try {
      Files.createDirectories(folder);
      body.write(temporary);
      sync(temporary);
      move(temporary, file);
      moved = true;
    } catch (IOException e) {
      throw failure("write", file, e);
    } finally {
      if (!moved) {
        deleteQuietly(temporary);
      }
    }
  }

  /// Renames a finished folder or file into its place, durably.
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new EnvironmentException(
          from + " and " + to + " are on different file systems; keep a workspace on one", e);
    }
    Path parent = to.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
  }

  /// Forces a file's or a folder's content to disk.
  public static void sync(Path path) throws IOException {
    boolean folder = Files.isDirectory(path);
    if (folder && System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
      return; // Windows opens no folder as a channel; its renames are journalled.
    }
    try (FileChannel channel =
        FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /// The user's view of a failed file operation: the path, the reason, the mend.
  ///
  /// @param verb what was tried, such as `write`
  public static EnvironmentException failure(String verb, Path path, IOException e) {
    String reason = reason(e);
    if (reason.contains("No space left") || reason.contains("Disk quota")) {
      return new EnvironmentException(
          "the disk that holds %s is full (%s): free some space, or name another workspace with"
                  .formatted(path, reason)
              + " --workspace, and run again: finished work is kept",
          e);
    }
    return new EnvironmentException("cannot %s %s: %s".formatted(verb, path, reason), e);
  }

  /// Why a file operation failed, in words. Java gives the commonest reasons as a class, and the
  /// bare path as their message.
  static String reason(IOException e) {
    return switch (e) {
      case FileSystemException f when f.getReason() != null -> f.getReason();
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "a file of this name is in the way";
      case NoSuchFileException _ -> "no such file or folder";
      case NotDirectoryException _ -> "it is no folder";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException ignored) {
      // The first failure is the one to tell.
    }
  }
}
