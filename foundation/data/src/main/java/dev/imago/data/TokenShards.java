package dev.imago.data;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Encoded documents of one split, memory-mapped.
///
/// `<split>.bin` holds the ids of all documents end to end, little-endian, `uint16` where the
/// vocabulary has at most 65,536 entries and `uint32` otherwise; every document ends with the
/// end-of-text id. `<split>.idx` holds two little-endian `int64` a document: the index of its first
/// token and the number of UTF-8 bytes of its text. `tokens.json` tells vocabulary size and width.
/// `uint16` files read as `numpy.memmap(path, dtype='<u2')`.
public final class TokenShards implements AutoCloseable {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment ids;
  private final MemorySegment index;
  private final int vocabularySize;
  private final int endOfText;
  private final int width;

  /// What `tokens.json` holds.
  ///
  /// @param vocabularySize ids are in 0 … vocabularySize − 1
  /// @param endOfText the id that ends every document
  public record Header(int vocabularySize, int endOfText) implements Serializable {
    /// @throws IllegalArgumentException for an end of text that is no id of the vocabulary
    public Header {
      if (endOfText < 0 || endOfText >= vocabularySize) {
        throw new IllegalArgumentException(
            "the end of text is an id in 0 … %d, not %d".formatted(vocabularySize - 1, endOfText));
      }
    }

    /// Bytes an id: 2 or 4.
    int width() {
      return vocabularySize <= 1 << 16 ? 2 : 4;
    }
  }

  private TokenShards(Path folder, Split split) {
    Header header = header(folder);
    this.vocabularySize = header.vocabularySize();
    this.endOfText = header.endOfText();
    this.width = header.width();
    try {
      this.ids = map(folder.resolve(split.fileName() + ".bin"), width);
      Path indexed = folder.resolve(split.fileName() + ".idx");
      this.index = map(indexed, 16);
      checkIndex(indexed);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// Every document holds its end-of-text id at least, and the last ends where the ids do; so an
  /// index of other ids, or ids that were cut, are found before a batch is made of them.
  private void checkIndex(Path file) {
    long least = 0;
    for (int d = 0; d < documents(); d++) {
      long start = start(d);
      if (start < least || start >= size() || (d == 0 && start > 0)) {
        throw unfit(file, "document %d begins at token %d".formatted(d, start));
      }
      least = start + 1;
    }
    if (documents() == 0 && size() > 0) {
      throw unfit(file, "it names no document");
    }
    if (documents() > 0 && id(size() - 1) != endOfText) {
      throw unfit(file, "the ids do not end with the end of a document");
    }
  }

  private InputException unfit(Path file, String what) {
    return new InputException(
        "%s is not the index of the %d ids beside it: %s; encode it again"
            .formatted(file, size(), what));
  }

  /// Opens one split of a folder of tokens.
  ///
  /// @throws InputException naming the file, when its size does not fit its layout, or the index
  ///   not the ids
  public static TokenShards open(Path folder, Split split) {
    return new TokenShards(folder, split);
  }

  /// Reads `tokens.json`.
  ///
  /// @throws InputException for a file that tells no such header
  public static Header header(Path folder) {
    Path file = folder.resolve("tokens.json");
    try {
      Header header = JSON.readValue(Files.readAllBytes(file), Header.class);
      if (header == null) {
        throw new InputException(untold(file, "it is null"));
      }
      return header;
    } catch (JacksonException e) {
      throw new InputException(untold(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static String untold(Path file, String why) {
    return "%s does not tell vocabularySize and endOfText: %s; encode it again"
        .formatted(file, why);
  }

  private MemorySegment map(Path file, int unit) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() % unit != 0) {
        throw new InputException(
            "%s has %d bytes, no multiple of %d; encode it again"
                .formatted(file, channel.size(), unit));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw AtomicFile.failure("map", file, e);
    }
  }

  public int vocabularySize() {
    return vocabularySize;
  }

  /// Tokens in all.
  public long size() {
    return ids.byteSize() / width;
  }

  /// The id at a position in 0 … size − 1.
  public int id(long position) {
    return width == 2
        ? Short.toUnsignedInt(ids.get(U16, position * 2))
        : ids.get(U32, position * 4);
  }

  /// Copies ids from a position on into `to`, as many as `to` holds.
  public void read(long position, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = id(position + i);
    }
  }

  public int documents() {
    return Math.toIntExact(index.byteSize() / 16);
  }

  /// The position of a document's first token; of `documents()`, the end.
  public long start(int document) {
    return document == documents() ? size() : index.get(I64, document * 16L);
  }

  /// The UTF-8 bytes of a document's text.
  public long bytes(int document) {
    return index.get(I64, document * 16L + 8);
  }

  /// The UTF-8 bytes of all documents' text.
  public long bytes() {
    long sum = 0;
    for (int d = 0; d < documents(); d++) {
      sum += bytes(d);
    }
    return sum;
  }

  @Override
  public void close() {
    arena.close();
  }

  /// Writes `tokens.json` into a draft's folder.
  public static void writeHeader(Path folder, Header header) {
    AtomicFile.write(
        folder.resolve("tokens.json"), out -> out.write(JSON.writeValueAsBytes(header)));
  }

  /// Writes one split into a draft's folder.
  public static final class Writer implements AutoCloseable {
    private final Path folder;
    private final Header header;
    private final OutputStream ids;
    private final OutputStream index;
    private long position;

    public Writer(Path folder, Split split, Header header) {
      this.folder = folder;
      this.header = header;
      try {
        ids = open(folder.resolve(split.fileName() + ".bin"));
        index = open(folder.resolve(split.fileName() + ".idx"));
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }

    private static OutputStream open(Path file) throws IOException {
      return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    /// Appends one document and the end-of-text id.
    ///
    /// @param tokens its ids, in 0 … vocabularySize − 1
    /// @param bytes the UTF-8 bytes of its text
    public void write(int[] tokens, long bytes) {
      try {
        little(index, position, 8);
        little(index, bytes, 8);
        for (int token : tokens) {
          little(ids, token, header.width());
        }
        little(ids, header.endOfText(), header.width());
        position += tokens.length + 1L;
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }

    /// Tokens written so far.
    public long size() {
      return position;
    }

    private static void little(OutputStream out, long value, int bytes) throws IOException {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (value >>> 8 * i));
      }
    }

    @Override
    public void close() {
      try (ids;
          index) {
        ids.flush();
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }
  }
}
