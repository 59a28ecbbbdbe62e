package dev.imago.vocabularies.learning;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/// Words and counts in a file, sorted by the words' bytes.
///
/// The file: `imagowc1`; for each word a varint of how many bytes it shares with the one before, a
/// varint of how many follow, these, and a varint of its count, which is not 0; then 0, 0, 0; then
/// CRC-32C of all before it, big-endian.
///
/// @param file where it lies
/// @param distinct how many words it holds
/// @param bytes how many bytes they have
record WordRun(Path file, long distinct, long bytes) implements CountedWords {
  private static final byte[] MAGIC = "imagowc1".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER = 1 << 16;

  /// Writes words, which come sorted.
  static WordRun write(Path file, CountedWords words) throws IOException {
    Path draft = Durable.draft(file);
    WordRun run;
    try (var writer = new Writer(draft)) {
      words.forEach(writer);
      run = new WordRun(file, writer.distinct, writer.bytes);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Durable.publish(draft, file);
    return run;
  }

  @Override
  public void forEach(Visitor visitor) {
    try (var reader = reader()) {
      while (reader.next()) {
        visitor.word(reader.word, 0, reader.length, reader.count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Reader reader() throws IOException {
    return new Reader(this);
  }

  private static final class Writer implements Visitor, AutoCloseable {
    private final CRC32C sum = new CRC32C();
    private final OutputStream out;
    private final DataOutputStream data;
    private byte[] last = new byte[64];
    private int lastLength;
    private long distinct;
    private long bytes;

    Writer(Path file) throws IOException {
      data = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
      out = new CheckedOutputStream(data, sum);
      out.write(MAGIC);
    }

    @Override
    public void word(byte[] text, int from, int to, long count) {
      int length = to - from;
      int shared = Arrays.mismatch(last, 0, lastLength, text, from, to);
      if (shared < 0) {
        shared = lastLength;
      }
      try {
        varint(shared);
        varint(length - shared);
        out.write(text, from + shared, length - shared);
        varint(count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (length > last.length) {
        last = new byte[Math.max(length, Math.min(2 * last.length, 1 << 30))];
      }
      System.arraycopy(text, from, last, 0, length);
      lastLength = length;
      distinct++;
      bytes += length;
    }

    private void varint(long value) throws IOException {
      while ((value & ~0x7fL) != 0) {
        out.write((int) (value & 0x7f | 0x80));
        value >>>= 7;
      }
      out.write((int) value);
    }

    @Override
    public void close() throws IOException {
      try (data) {
        out.write(new byte[3]);
        data.writeInt((int) sum.getValue());
      }
    }
  }

  /// Reads words one by one.
  static final class Reader implements AutoCloseable {
    private final Path file;
    private final CRC32C sum = new CRC32C();
    private final DataInputStream data;
    private final InputStream in;
    private final long size;

    /// The word, its length and its count, after [#next].
    byte[] word = new byte[64];

    int length;
    long count;

    Reader(WordRun run) throws IOException {
      file = run.file;
      size = Files.size(file);
      data = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
      in = new CheckedInputStream(data, sum);
      try {
        if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
          throw broken("does not start as a file of counted words");
        }
      } catch (IOException e) {
        data.close();
        throw e;
      }
    }

    private IOException broken(String how) {
      return new IOException(
          "%s %s; delete the folder %s and count again"
              .formatted(file, how, file.toAbsolutePath().getParent()));
    }

    /// Reads the next word; false at the end.
    boolean next() throws IOException {
      try {
        long shared = varint();
        long more = varint();
        // Neither may be more than what is there: no array is made from an unchecked size.
        if (shared > length || more > size) {
          throw broken("holds a word that cannot be");
        }
        int now = Math.toIntExact(shared + more);
        if (now > word.length) {
          word = Arrays.copyOf(word, Math.max(now, Math.min(2 * word.length, 1 << 30)));
        }
        if (in.readNBytes(word, (int) shared, (int) more) < more) {
          throw new EOFException();
        }
        length = now;
        count = varint();
        if (count > 0) {
          return true;
        }
        int expected = (int) sum.getValue();
        if (data.readInt() != expected) {
          throw broken("was changed since it was written");
        }
        return false;
      } catch (EOFException | ArithmeticException e) {
        throw broken("ends too early");
      }
    }

    private long varint() throws IOException {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException();
        }
        value |= (b & 0x7fL) << shift;
        if (b < 0x80) {
          if (value < 0) {
            break;
          }
          return value;
        }
      }
      throw broken("holds a number that cannot be");
    }

    @Override
    public void close() throws IOException {
      data.close();
    }
  }
}
