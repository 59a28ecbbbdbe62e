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
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
      InputStream packed = new Counted(Files.newInputStream(shard), packedBytes);
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

  /// Writes one split into a draft's folder, starting a shard whenever one holds enough text.
  public static final class Writer implements AutoCloseable {
    /// UTF-16 units of text after which a shard is full: about 64 MB of English.
    private static final long SHARD_CHARS = 64L << 20;

    private final Path folder;
    private final String split;
    private OutputStream out = OutputStream.nullOutputStream();
    private int shards;
    private long chars = SHARD_CHARS;

    /// @param split a [Split]'s file name, `raw` or `rejects`
    public Writer(Path folder, String split) {
      this.folder = folder;
      this.split = split;
    }

    public void write(Document document) {
      try {
        if (chars >= SHARD_CHARS) {
          startShard();
        }
        out.write(WRITER.writeValueAsBytes(document));
        out.write('\n');
        chars += document.text().length();
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }

    private void startShard() throws IOException {
      out.close();
      Path shard = folder.resolve("%s-%05d.jsonl.zst".formatted(split, shards++));
      out = new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(shard), 3));
      chars = 0;
    }

    /// Ends the last shard. A split without documents has an empty one, which says so.
    @Override
    public void close() {
      try {
        if (shards == 0) {
          startShard();
        }
        out.close();
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }
  }
}
