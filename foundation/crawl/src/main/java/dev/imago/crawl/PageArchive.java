package dev.imago.crawl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes what came of a page: request, response (or revisit) and metadata, and then, in the
/// frontier, that it is done. Thread-safe.
final class PageArchive implements AutoCloseable {
  private static final String PROFILE = "http://netpreserve.org/warc/1.1/revisit/";

  private static final long SYNC_NANOS = 1_000_000_000;

  private final Frontier frontier;
  private final WarcWriter warc;
  private long synced = System.nanoTime();

  PageArchive(Frontier frontier, WarcWriter warc) {
    this.frontier = frontier;
    this.warc = warc;
  }

  /// What a page repeats.
  ///
  /// @param address whose copy it is
  record Original(String address, PageState.Copy copy) {}

  /// A page that is kept.
  ///
  /// @param same what it repeats; null where it is new
  synchronized void keep(PageState page, Fetched fetched, @Nullable Original same) {
    boolean notModified = fetched.answer().status() == 304;
    byte[] head = WarcWriter.head(fetched.answer(), fetched.body().length);
    var more = target(fetched);
    String digest =
        same != null && notModified ? same.copy().digest() : WarcWriter.digest(fetched.body());
    more.put("WARC-Payload-Digest", digest);
    if (!fetched.truncated().isEmpty()) {
      more.put("WARC-Truncated", fetched.truncated());
    }
    if (same != null) {
      more.put(
          "WARC-Profile",
          PROFILE + (notModified ? "server-not-modified" : "identical-payload-digest"));
      more.put("WARC-Refers-To", same.copy().record());
      more.put("WARC-Refers-To-Target-URI", same.address());
      more.put("WARC-Refers-To-Date", same.copy().date());
    }
    more.put("Content-Type", "application/http;msgtype=response");
    WarcWriter.Entry response =
        WarcWriter.Entry.of(
            same == null ? "response" : "revisit",
            fetched.date(),
            more,
            same == null ? joined(head, fetched.body()) : head);
    var asked = target(fetched);
    asked.put("WARC-Concurrent-To", response.id());
    asked.put("Content-Type", "application/http;msgtype=request");
    WarcWriter.Entry request =
        WarcWriter.Entry.of(
            "request",
            fetched.date(),
            asked,
            fetched.request().head().getBytes(StandardCharsets.ISO_8859_1));
    warc.write(
        List.of(response, request, metadata(page, fetched, response.id(), "")), fetched.date());
    PageState.Copy known = same != null && same.address().equals(page.address) ? same.copy() : null;
    var copy = copy(fetched, digest, response.id(), known);
    frontier.written(page, fetched.answer().status(), "", warc, copy, known != null);
    sync();
  }

  /// What is kept of a page; of one that is as it was, what was kept of it.
  private static PageState.Copy copy(
      Fetched fetched, String digest, String record, PageState.@Nullable Copy known) {
    String etag = fetched.answer().header("ETag");
    String modified = fetched.answer().header("Last-Modified");
    if (known == null) {
      String date = fetched.date().truncatedTo(ChronoUnit.SECONDS).toString();
      return new PageState.Copy(etag, modified, digest, record, date);
    }
    boolean silent = fetched.answer().status() == 304; // it need not say again what it said
    return new PageState.Copy(
        silent && etag.isEmpty() ? known.etag() : etag,
        silent && modified.isEmpty() ? known.modified() : modified,
        digest,
        known.record(),
        known.date());
  }

  /// A page that is not kept: that it was asked for, and why nothing of it is here.
  synchronized void refuse(PageState page, Fetched fetched, String reason) {
    warc.write(List.of(metadata(page, fetched, "", reason)), fetched.date());
    frontier.written(page, fetched.answer().status(), reason, warc, null, false);
    sync();
  }

  /// Now and then: what lies behind the last mark is looked at when a crawl is gone on with, so
  /// that a power failure costs no more than asking again.
  private void sync() {
    if (System.nanoTime() - synced > SYNC_NANOS) {
      mark();
    }
  }

  private void mark() {
    warc.sync();
    frontier.synced(warc);
    synced = System.nanoTime();
  }

  private static Map<String, String> target(Fetched fetched) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("WARC-Target-URI", fetched.address().toString());
    InetAddress peer = fetched.answer().peer();
    headers.put("WARC-IP-Address", peer.getHostAddress());
    return headers;
  }

  private static WarcWriter.Entry metadata(
      PageState page, Fetched fetched, String of, String reason) {
    var headers = target(fetched);
    if (!of.isEmpty()) {
      headers.put("WARC-Concurrent-To", of);
    }
    headers.put("Content-Type", "application/warc-fields");
    var fields = new StringBuilder();
    fields.append("depth: ").append(page.depth).append("\r\n");
    fields
        .append("found-by: ")
        .append(page.via.name().toLowerCase(java.util.Locale.ROOT))
        .append("\r\n");
    fields.append("fetchTimeMs: ").append(fetched.millis()).append("\r\n");
    if (!reason.isEmpty()) {
      fields.append("status: ").append(fetched.answer().status()).append("\r\n");
      fields.append("not-kept: ").append(reason).append("\r\n");
    }
    return WarcWriter.Entry.of(
        "metadata", fetched.date(), headers, fields.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[] head, byte[] body) {
    var all = new ByteArrayOutputStream(head.length + body.length);
    all.writeBytes(head);
    all.writeBytes(body);
    return all.toByteArray();
  }

  @Override
  public synchronized void close() {
    try {
      if (warc.end() > 0) {
        mark();
      }
      warc.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
