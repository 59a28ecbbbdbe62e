package dev.imago.sources;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// Real files that nobody here wrote; tests of them skip where they are not there.
final class SharedFiles {
  private SharedFiles() {}

  static Path file(String name) {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    Path file =
        (named == null ? root.resolve("../shared") : Path.of(named)).resolve("data").resolve(name);
    Assumptions.assumeTrue(Files.exists(file), "no shared data: " + file);
    return file;
  }
}
