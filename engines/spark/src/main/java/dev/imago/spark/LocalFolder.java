package dev.imago.spark;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// Folders of one task, in the machine's own temporary folder (`java.io.tmpdir`, which clusters set
/// to a disk of the container).
final class LocalFolder {
  private LocalFolder() {}

  static Path make() {
    try {
      return Files.createTempDirectory("imago-spark");
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot work in java.io.tmpdir = %s: %s"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new EnvironmentException("cannot delete %s: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
