package dev.imago.fetch;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/// A file on its way: what a kill or a broken line left of it is gone on from.
public final class PartFile {
  private static final int CHUNK = 1 << 16;

  /// Answers that bring nothing, after which it is given up.
  private static final int MOST_IDLE = 3;

  private PartFile() {}

  /// What one answer brings.
  ///
  /// @param whole whether it begins at the file's beginning, whatever was asked for
  public record Piece(InputStream body, boolean whole, Runnable end) {}

  /// Asks for a file from one of its bytes on.
  @FunctionalInterface
  public interface Opener {
    Piece open(long from) throws IOException, InterruptedException;
  }

  /// Told of a file whose connection breaks off again and again.
  public static final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;
    private final long position;

    BrokenOffException(long position) {
      super("the connection breaks off at byte %,d".formatted(position));
      this.position = position;
    }

    /// How many bytes are there.
    public long position() {
      return position;
    }
  }

  /// Fetches what is missing of a file, and syncs it.
  ///
  /// @param bytes its size; −1 where that is not known: it is fetched from the beginning
  /// @param progress bytes that are there, as they come; less than 0 where they must come again
  /// @throws EnvironmentException where another process is fetching it
  /// @throws BrokenOffException where it does not come
  public static void receive(Path part, long bytes, Opener opener, LongConsumer progress)
      throws IOException, InterruptedException {
    try (FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = out.tryLock()) {
      if (lock == null) {
        throw new EnvironmentException(
            "another process is fetching %s; wait for it".formatted(part.getFileName()));
      }
      if (bytes < 0 || out.size() > bytes) {
        out.truncate(0);
      }
      progress.accept(out.size());
      out.position(out.size());
      int idle = 0;
      boolean ended = bytes == out.size();
      while (!ended) {
        long before = out.position();
        ended = append(out, opener, progress) && bytes < 0 || bytes == out.position();
        idle = out.position() == before ? idle + 1 : 0;
        if (out.position() > bytes && bytes >= 0 || !ended && idle == MOST_IDLE) {
          throw new BrokenOffException(out.position());
        }
      }
      out.force(true);
    }
  }

  /// Appends what one answer brings; false where it broke off.
  private static boolean append(FileChannel out, Opener opener, LongConsumer progress)
      throws IOException, InterruptedException {
    Piece piece = opener.open(out.position());
    try (InputStream body = piece.body()) {
      if (out.position() > 0 && piece.whole()) {
        progress.accept(-out.position());
        out.truncate(0);
      }
      byte[] chunk = new byte[CHUNK];
      while (true) {
        int read;
        try {
          read = body.read(chunk);
        } catch (IOException e) {
          return false;
        }
        if (read < 0) {
          return true;
        }
        for (ByteBuffer left = ByteBuffer.wrap(chunk, 0, read); left.hasRemaining(); ) {
          out.write(left);
        }
        progress.accept(read);
      }
    } finally {
      piece.end().run();
    }
  }
}
