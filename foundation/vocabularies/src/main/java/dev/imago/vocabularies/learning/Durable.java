package dev.imago.vocabularies.learning;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes files that are there whole or not at all, whenever the process ends.
final class Durable {
  private Durable() {}

  /// The name under which a file is written.
  static Path draft(Path file) {
    return file.resolveSibling(file.getFileName() + ".draft");
  }

  /// Brings a draft to the disk and gives it its name.
  static void publish(Path draft, Path file) throws IOException {
    try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.toAbsolutePath().getParent();
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some file systems let no folder be opened; the file is there all the same.
    }
  }

  static void write(Path file, byte[] content) throws IOException {
    Path draft = draft(file);
    Files.write(draft, content);
    publish(draft, file);
  }
}
