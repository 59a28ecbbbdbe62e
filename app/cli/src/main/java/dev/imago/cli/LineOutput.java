package dev.imago.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Lines to standard output, many at once: flushed when it is closed. Ends the work quietly when
/// whoever reads has had enough (`| head`).
final class LineOutput implements AutoCloseable {
  /// The reader of our output is gone.
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Gone() {
      super(null, null, false, false);
    }
  }

  /// Looks for a reader that is gone so often.
  private static final int EVERY = 512;

  private final PrintStream target;
  private final BufferedWriter out;
  private long lines;

  LineOutput(PrintStream target) {
    this.target = target;
    this.out = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8), 1 << 16);
  }

  void line(CharSequence line) {
    try {
      out.append(line).append('\n');
      if (++lines % EVERY == 0) {
        out.flush();
        if (target.checkError()) {
          throw new Gone();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
