package dev.imago.vocabularies.learning;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Reads files, or a stream, in blocks of whole lines, without making strings of them.
final class FileLines implements Iterator<TextBatch>, AutoCloseable {
  private static final int BLOCK = 1 << 20;

  private final Iterator<Path> files;
  private String name = "";
  private @Nullable InputStream in;
  private @Nullable TextBatch next;

  /// How many bytes of the file were given.
  private long at;

  /// What follows the last whole line that was read.
  private byte[] rest = new byte[0];

  FileLines(List<Path> files) {
    this.files = List.copyOf(files).iterator();
  }

  /// @param in is not closed here
  /// @param name of the stream, for messages
  FileLines(InputStream in, String name) {
    this.files = Collections.emptyIterator();
    this.in =
        new FilterInputStream(in) {
          @Override
          public void close() {}
        };
    this.name = name;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (in != null || files.hasNext())) {
        if (in == null) {
          Path file = files.next();
          name = file.toString();
          at = 0;
          in = Files.newInputStream(file);
        }
        next = readOrNull(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return next != null;
  }

  private @Nullable TextBatch readOrNull(InputStream in) throws IOException {
    int known = rest.length;
    while (true) {
      byte[] block = Arrays.copyOf(rest, Math.addExact(known, Math.max(BLOCK, known)));
      int read = in.readNBytes(block, known, block.length - known);
      int end = known + read;
      if (end < block.length) {
        close();
        rest = new byte[0];
        return end == 0 ? null : lines(Arrays.copyOf(block, end));
      }
      int lines = end;
      while (lines > known && block[lines - 1] != '\n') {
        lines--;
      }
      if (lines > known) {
        rest = Arrays.copyOfRange(block, lines, end);
        return lines(Arrays.copyOf(block, lines));
      }
      rest = block;
      known = end;
    }
  }

  private TextBatch lines(byte[] utf8) {
    at += utf8.length;
    return new TextBatch.Lines(utf8, name, at - utf8.length);
  }

  @Override
  public TextBatch next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    TextBatch found = next;
    next = null;
    return found;
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
