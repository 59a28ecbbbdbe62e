package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import dev.imago.fetch.WebAnswer;
import dev.imago.fetch.WebRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// An answer, read.
///
/// @param answer its head; its body is read
/// @param body packed as Content-Encoding says
/// @param truncated why the body is not whole, as WARC names it: `length`, `disconnect`; empty
///   where it is
record Fetched(
    WebAddress address,
    WebRequest request,
    WebAnswer answer,
    byte[] body,
    String truncated,
    Instant date,
    long millis) {
  private static final Set<String> PAGES =
      Set.of(
          "",
          "text/html",
          "application/xhtml+xml",
          "text/plain",
          "text/markdown",
          "application/pdf",
          "application/rtf",
          "text/rtf",
          "application/epub+zip",
          "application/octet-stream");

  private static final Set<String> FEEDS =
      Set.of("application/rss+xml", "application/atom+xml", "application/xml", "text/xml");

  private static final Pattern CHARSET =
      Pattern.compile("(?i)charset\\s*=\\s*[\"']?([^\\s;\"',]+)");

  /// Whether something is kept or looked at of an answer of that kind.
  static boolean wanted(WebAnswer answer) {
    String type = answer.mediaType();
    return answer.status() != 200
        || PAGES.contains(type)
        || FEEDS.contains(type)
        || type.startsWith("application/vnd.openxmlformats-officedocument")
        || type.startsWith("application/vnd.oasis.opendocument")
        || type.equals("application/gzip")
        || type.equals("application/x-gzip");
  }

  /// Whether it is HTML, or may be: where nothing says what it is, it may still refuse.
  boolean isHtml() {
    String type = answer.mediaType();
    return type.isEmpty() || type.equals("text/html") || type.equals("application/xhtml+xml");
  }

  boolean isFeed() {
    return FEEDS.contains(answer.mediaType());
  }

  /// The body, unpacked, of no more than so many bytes.
  byte[] plain(int most) {
    String coding = answer.header("Content-Encoding").strip().toLowerCase(Locale.ROOT);
    if (!coding.equals("gzip") && !coding.equals("x-gzip")) {
      return body;
    }
    var out = new ByteArrayOutputStream();
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] piece = new byte[1 << 13];
      for (int n = in.read(piece); n >= 0 && out.size() < most; n = in.read(piece)) {
        out.write(piece, 0, n);
      }
    } catch (IOException e) {
      return out.size() == 0 ? body : out.toByteArray(); // it breaks off, or is none
    }
    return out.toByteArray();
  }

  /// What the transport says of its encoding; null where it says nothing that is known.
  @Nullable String charset() {
    Matcher named = CHARSET.matcher(answer.header("Content-Type"));
    try {
      return named.find() ? Charset.forName(named.group(1)).name() : null;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return null;
    }
  }

  /// For how long its server asks to be left alone, in milliseconds; 0 where it does not.
  long retryAfterMillis() {
    String after = answer.header("Retry-After").strip();
    if (after.matches("[0-9]{1,12}")) {
      return Long.parseLong(after) * 1000;
    }
    try {
      Instant until = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, until.toEpochMilli() - date.toEpochMilli());
    } catch (DateTimeParseException e) {
      return 0;
    }
  }
}
