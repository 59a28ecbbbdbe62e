package dev.imago.crawl;

import dev.imago.core.AtomicFile;
import dev.imago.fetch.WebAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Writes web archives: WARC 1.1 (ISO 28500:2017), each record a gzip member of its own (Annex D).
/// Records that belong together are written at once; [#sync] brings them to disk. What lies behind
/// the last of them that the frontier knows is cut off before more is written. Not thread-safe.
final class WarcWriter implements AutoCloseable {
  /// As archives are usually cut.
  private static final long LARGEST_FILE = 1_000_000_000;

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  /// A record.
  ///
  /// @param headers besides the version, WARC-Record-ID and the lengths
  record Entry(String id, Map<String, String> headers, byte[] block) {
    /// One with an id of its own.
    static Entry of(String type, Instant date, Map<String, String> more, byte[] block) {
      var headers = new LinkedHashMap<String, String>();
      headers.put("WARC-Type", type);
      headers.put("WARC-Date", date.truncatedTo(ChronoUnit.SECONDS).toString());
      headers.putAll(more);
      return new Entry("<urn:uuid:" + UUID.randomUUID() + ">", headers, block);
    }
  }

  private final Path folder;
  private final String agent;
  private int number;
  private @Nullable FileChannel out;
  private long end;

  /// @param number of the file that is gone on with
  /// @param end where that file's last known record ends; 0 for a file that is not there yet
  WarcWriter(Path folder, String agent, int number, long end) {
    this.folder = folder;
    this.agent = agent;
    this.number = number;
    this.end = end;
  }

  static String name(int number) {
    return "crawl-%05d.warc.gz".formatted(number);
  }

  int number() {
    return number;
  }

  /// Where the last record ends.
  long end() {
    return end;
  }

  /// Writes records. A file that is full is synced, and another one begun.
  void write(List<Entry> entries, Instant now) {
    Path file = folder.resolve(name(number));
    try {
      if (end > LARGEST_FILE) {
        sync();
        close();
        number++;
        end = 0;
        file = folder.resolve(name(number));
      }
      FileChannel channel = open(file, now);
      var bytes = new ByteArrayOutputStream();
      for (Entry entry : entries) {
        member(entry, bytes);
      }
      append(channel, bytes.toByteArray());
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  private FileChannel open(Path file, Instant now) throws IOException {
    if (out != null) {
      return out;
    }
    boolean there = Files.exists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    out = channel;
    if (channel.size() < end) {
      throw new IOException(
          "it holds %,d bytes, and the frontier knows of %,d: it was cut or replaced"
              .formatted(channel.size(), end));
    }
    channel.truncate(end);
    channel.position(end);
    if (end == 0) {
      var bytes = new ByteArrayOutputStream();
      member(about(file, now), bytes);
      append(channel, bytes.toByteArray());
    }
    if (!there) {
      AtomicFile.sync(folder);
    }
    return channel;
  }

  private Entry about(Path file, Instant now) {
    String fields =
        "software: Imago\r\nformat: WARC File Format 1.1\r\nconformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\nhttp-header-user-agent: %s\r\nrobots: obey\r\n"
            .formatted(agent);
    var more = new LinkedHashMap<String, String>();
    more.put("WARC-Filename", String.valueOf(file.getFileName()));
    more.put("Content-Type", "application/warc-fields");
    return Entry.of("warcinfo", now, more, fields.getBytes(StandardCharsets.UTF_8));
  }

  private void append(FileChannel channel, byte[] bytes) throws IOException {
    for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
      channel.write(left);
    }
    end = channel.position();
  }

  private static void member(Entry entry, ByteArrayOutputStream to) throws IOException {
    var head = new StringBuilder("WARC/1.1\r\n");
    head.append("WARC-Record-ID: ").append(entry.id()).append("\r\n");
    entry.headers().forEach((n, v) -> head.append(n).append(": ").append(v).append("\r\n"));
    head.append("WARC-Block-Digest: ").append(digest(entry.block())).append("\r\n");
    head.append("Content-Length: ").append(entry.block().length).append("\r\n\r\n");
    try (var packed = new GZIPOutputStream(to, 1 << 13)) {
      packed.write(head.toString().getBytes(StandardCharsets.UTF_8));
      packed.write(entry.block());
      packed.write("\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  /// SHA-1 in base 32, as archives have it.
  static String digest(byte[] bytes) {
    byte[] hash;
    try {
      hash = MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    var text = new StringBuilder("sha1:");
    for (int bit = 0; bit < 160; bit += 5) {
      int high = (hash[bit >> 3] & 0xff) << 8;
      int low = bit / 8 + 1 < hash.length ? hash[bit / 8 + 1] & 0xff : 0;
      text.append(LETTERS.charAt((high | low) >> 11 - (bit & 7) & 31));
    }
    return text.toString();
  }

  /// The head of an answer as it is kept: where the body came in chunks they were taken off, which
  /// the names of the headers then say, as in Common Crawl's archives.
  ///
  /// @param length of the body that is kept
  static byte[] head(WebAnswer answer, long length) {
    var head = new StringBuilder(answer.statusLine()).append("\r\n");
    List<String> lengths = new ArrayList<>();
    for (WebAnswer.Header header : answer.headers()) {
      boolean framing =
          header.name().equalsIgnoreCase("Transfer-Encoding")
              || header.name().equalsIgnoreCase("Content-Length")
                  && !header.value().equals(Long.toString(length));
      String name = framing ? "X-Crawler-" + header.name() : header.name();
      head.append(name).append(": ").append(header.value()).append("\r\n");
      if (name.equalsIgnoreCase("Content-Length")) {
        lengths.add(name);
      }
    }
    if (lengths.isEmpty() && answer.status() != 304) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Brings to disk what was written.
  void sync() {
    try {
      if (out != null) {
        out.force(false);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder.resolve(name(number)), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
