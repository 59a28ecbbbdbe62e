package dev.imago.data;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Documents in a folder: one JSON object a line, zstd, in shards `<split>-00000.jsonl.zst`.
///
/// A line is `{"id":…,"text":…,"source":…,"tags":{…}}`. Any zstd and JSON reader opens them.
public final class Documents {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(tools.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();
  private static final ObjectReader READER = JSON.readerFor(Document.class);
  private static final ObjectWriter WRITER = JSON.writerFor(Document.class);

  private Documents() {}

  /// The shards of one split (a [Split]'s file name, `raw` or `rejects`), in order.
  public static List<Path> shards(Path folder, String split) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().matches(split + "-\\d+\\.jsonl\\.zst"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// Every document of one split, in order, streamed. Close the stream.
  public static Stream<Document> read(Path folder, String split) {
    return shards(folder, split).stream().flatMap(Documents::readShard);
  }

  /// Every document of one shard, in order, streamed. Close the stream.
  ///
  /// @throws InputException (while streaming) naming file and line, for a line that is no document
  public static Stream<Document> readShard(Path shard) {
    return readShard(shard, bytes -> {});
  }

  private static Stream<Document> readShard(Path shard, LongConsumer packedBytes) {
    try {
      return read(new Counted(Files.newInputStream(shard), packedBytes), shard);
    } catch (IOException e) {
      throw AtomicFile.failure("read", shard, e);
    }
  }

  /// Every document of a shard, wherever its bytes come from. Close the stream.
  ///
  /// @param packed the shard's bytes; closed with the stream
  /// @param shard its name, for messages
  /// @throws InputException (while streaming) naming file and line, for a line that is no document
  public static Stream<Document> read(InputStream packed, Path shard) {
    try {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new ZstdInputStream(packed), StandardCharsets.UTF_8), 1 << 16);
      var each =
          new Spliterators.AbstractSpliterator<Document>(Long.MAX_VALUE, Spliterator.ORDERED) {
            private long line;

            @Override
            public boolean tryAdvance(java.util.function.Consumer<? super Document> action) {
              try {
                String json = lines.readLine();
                if (json == null) {
                  return false;
                }
                line++;
                action.accept(READER.readValue(json));
                return true;
              } catch (JacksonException e) {
                throw new InputException(
                    "%s, line %d: no document (%s); prepare it again"
                        .formatted(shard, line, e.getOriginalMessage()),
                    e);
              } catch (IOException e) {
                throw AtomicFile.failure("read", shard, e);
              }
            }
          };
      return StreamSupport.stream(each, false).onClose(() -> close(lines));
    } catch (IOException e) {
      throw AtomicFile.failure("read", shard, e);
    }
  }

  private static void close(BufferedReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The bytes of one split's shards, as [Reader] counts them.
  public static long packedBytes(Path folder, String split) {
    long sum = 0;
    for (Path shard : shards(folder, split)) {
      try {
        sum += Files.size(shard);
      } catch (IOException e) {
        throw AtomicFile.failure("read", shard, e);
      }
    }
    return sum;
  }

  /// Every document of one split, in order, one at a time: `Stream.iterator()` of [#read] would
  /// hold a whole shard.
  public static final class Reader implements Iterator<Document>, AutoCloseable {
    private final Iterator<Path> shards;
    private final LongConsumer packedBytes;
    private Stream<Document> shard = Stream.empty();
    private Iterator<Document> documents = shard.iterator();

    /// @param packedBytes is told of every piece read from the shards, by its bytes: their sum is
    ///   [Documents#packedBytes], which makes it a progress
    public Reader(Path folder, String split, LongConsumer packedBytes) {
      this.shards = shards(folder, split).iterator();
      this.packedBytes = packedBytes;
    }

    @Override
    public boolean hasNext() {
      while (!documents.hasNext() && shards.hasNext()) {
        shard.close();
        shard = readShard(shards.next(), packedBytes);
        documents = shard.iterator();
      }
      return documents.hasNext();
    }

    @Override
    public Document next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return documents.next();
    }

    @Override
    public void close() {
      shard.close();
    }
  }

  private static final class Counted extends FilterInputStream {
    private final LongConsumer bytes;

    Counted(InputStream in, LongConsumer bytes) {
      super(in);
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      bytes.accept(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      bytes.accept(Math.max(0, read));
      return read;
    }
  }

  /// A document as a line of a shard, with its end.
  public static byte[] line(Document document) {
    byte[] json = WRITER.writeValueAsBytes(document);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /// Writes one shard, line by line. The same lines give the same bytes.
  public static final class ShardWriter implements AutoCloseable {
    private final Path shard;
    private final OutputStream out;

    public ShardWriter(Path shard) {
      this.shard = shard;
      try {
        out = new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(shard), 3));
      } catch (IOException e) {
        throw AtomicFile.failure("write", shard, e);
      }
    }

    /// @param line as [#line] gives it
    public void write(byte[] line) {
      try {
        out.write(line);
      } catch (IOException e) {
        throw AtomicFile.failure("write", shard, e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw AtomicFile.failure("write", shard, e);
      }
    }
  }

  /// Writes one split into a draft's folder, starting a shard whenever one holds enough text.
  public static final class Writer implements AutoCloseable {
    private final Path folder;
    private final String split;
    private final ShardCutter cutter = new ShardCutter();
    private @Nullable ShardWriter shard;

    /// @param split a [Split]'s file name, `raw` or `rejects`
    public Writer(Path folder, String split) {
      this.folder = folder;
      this.split = split;
    }

    public void write(Document document) {
      int before = cutter.shards();
      int number = cutter.shard(document.text().length());
      @Nullable ShardWriter to = number < before ? shard : null;
      if (to == null) {
        to = start(number);
      }
      to.write(line(document));
    }

    private ShardWriter start(int number) {
      if (shard != null) {
        shard.close();
      }
      ShardWriter started = new ShardWriter(folder.resolve(ShardCutter.name(split, number)));
      shard = started;
      return started;
    }

    /// Ends the last shard. A split without documents has an empty one, which says so.
    @Override
    public void close() {
      ShardWriter last = shard;
      (last == null ? start(0) : last).close();
    }
  }
}
