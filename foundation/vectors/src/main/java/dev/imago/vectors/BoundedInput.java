package dev.imago.vectors;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A little-endian file that knows how much of it is left: whatever tells of more is refused with
/// its offset, before anything is made for it.
final class BoundedInput implements AutoCloseable {
  private final Path file;
  private final InputStream in;
  private final long size;
  private final byte[] buffer = new byte[1 << 16];
  private long at;

  BoundedInput(Path file) {
    this.file = file;
    try {
      this.size = Files.size(file);
      this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long at() {
    return at;
  }

  long left() {
    return size - at;
  }

  /// A refusal, told with file and offset.
  IllegalArgumentException broken(String what) {
    return new IllegalArgumentException(
        "%s cannot be used: at byte %,d %s; get the file again, or train it again"
            .formatted(file, at, what));
  }

  void need(long bytes, String what) {
    if (bytes < 0 || bytes > left()) {
      throw broken("%s of %,d bytes is told of, and %,d are left".formatted(what, bytes, left()));
    }
  }

  private ByteBuffer take(int bytes) {
    need(bytes, "a number");
    try {
      if (in.readNBytes(buffer, 0, bytes) < bytes) {
        throw broken("the file ends");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    at += bytes;
    return ByteBuffer.wrap(buffer, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int getByte() {
    return take(1).get() & 0xff;
  }

  boolean getBoolean() {
    int value = getByte();
    if (value > 1) {
      throw broken("%d stands where 0 or 1 has to".formatted(value));
    }
    return value == 1;
  }

  int getInt() {
    return take(4).getInt();
  }

  long getLong() {
    return take(8).getLong();
  }

  double getDouble() {
    return take(8).getDouble();
  }

  /// A number of rows, columns and the like, 0 … most.
  int count(long value, long most, String what) {
    if (value < 0 || value > most || value > Integer.MAX_VALUE - 16) {
      throw broken("%s = %,d is outside 0 … %,d".formatted(what, value, most));
    }
    return (int) value;
  }

  /// Floats into `to`; NaN and infinity, which a training that diverged leaves, are refused.
  void floats(float[] to, int from, int count) {
    for (int done = 0; done < count; ) {
      int n = Math.min(count - done, buffer.length / 4);
      take(4 * n).asFloatBuffer().get(to, from + done, n);
      for (int i = from + done; i < from + done + n; i++) {
        if (!Float.isFinite(to[i])) {
          throw broken("or shortly before a number is " + to[i]);
        }
      }
      done += n;
    }
  }

  byte[] bytes(int count, String what) {
    need(count, what);
    byte[] bytes = new byte[count];
    for (int done = 0; done < count; ) {
      int n = Math.min(count - done, buffer.length);
      take(n).get(bytes, done, n);
      done += n;
    }
    return bytes;
  }

  /// Text up to a byte, which is taken too.
  ///
  /// @param most bytes that it may have
  String text(int end, int most, String what) {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int b = getByte(); b != end; b = getByte()) {
      bytes.write(b);
      if (bytes.size() > most) {
        throw broken("%s has more than %,d bytes".formatted(what, most));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
