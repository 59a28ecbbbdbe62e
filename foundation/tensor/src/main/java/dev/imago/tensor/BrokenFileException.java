package dev.imago.tensor;

import java.io.IOException;
import java.nio.file.Path;

/// A tensor file that does not keep to its format: the message names the file, the offset in bytes
/// where that shows, and what is wrong there.
public final class BrokenFileException extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenFileException(Path file, long offset, String what) {
    super("%s is broken at byte %d: %s".formatted(file, offset, what));
  }
}
