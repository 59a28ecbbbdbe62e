package dev.imago.data;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
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
    try {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new ZstdInputStream(Files.newInputStream(shard)), StandardCharsets.UTF_8),
              1 << 16);
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
          out.close();
          Path shard = folder.resolve("%s-%05d.jsonl.zst".formatted(split, shards++));
          out = new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(shard), 3));
          chars = 0;
        }
        out.write(WRITER.writeValueAsBytes(document));
        out.write('\n');
        chars += document.text().length();
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw AtomicFile.failure("write", folder, e);
      }
    }
  }
}
