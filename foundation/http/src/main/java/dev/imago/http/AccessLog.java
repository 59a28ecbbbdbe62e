package dev.imago.http;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One line a request, in the Combined Log Format of Apache and nginx, and the milliseconds after
/// it:
///
/// ```
/// 127.0.0.1 - key1 [02/Jan/2026:03:04:05 +0000] "POST /v1/chat/completions HTTP/1.1" 200 512 "-" "curl/8.5" 35
/// ```
public final class AccessLog implements RequestListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.http");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);
  private static final int MOST_CHARS = 1_000;

  private final Writer out;
  private final Clock clock;
  private boolean failed;

  private AccessLog(Writer out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /// Appends to a file, which is created where there is none.
  ///
  /// @throws EnvironmentException when it cannot be written
  public static AccessLog to(Path file, Clock clock) {
    try {
      return new AccessLog(
          Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
          clock);
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot write the access log %s: name a file in a folder that exists and can be written, or - for standard error"
              .formatted(file),
          e);
    }
  }

  /// Writes to a stream that stays its owner's to close.
  public static AccessLog to(OutputStream stream, Clock clock) {
    return new AccessLog(new OutputStreamWriter(stream, StandardCharsets.UTF_8), clock);
  }

  @Override
  public synchronized void answered(Answered request) {
    try {
      out.write(line(request, ZonedDateTime.now(clock)));
      out.flush();
    } catch (IOException e) {
      // An answer is worth more than its line.
      if (!failed) {
        failed = true;
        LOG.log(System.Logger.Level.WARNING, "the access log cannot be written: " + e);
      }
    }
  }

  private static String line(Answered r, ZonedDateTime now) {
    return "%s - %s [%s] \"%s %s HTTP/1.1\" %d %s \"%s\" \"%s\" %d\n"
        .formatted(
            quoted(r.caller().address()),
            r.caller().key(),
            TIME.format(now),
            quoted(r.method()),
            quoted(r.path()),
            r.status(),
            r.bytes() == 0 ? "-" : Long.toString(r.bytes()),
            r.referer().isEmpty() ? "-" : quoted(r.referer()),
            r.userAgent().isEmpty() ? "-" : quoted(r.userAgent()),
            r.nanos() / 1_000_000);
  }

  /// What a client sent, so that it ends neither its field nor its line.
  private static String quoted(String text) {
    var safe = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), MOST_CHARS); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        safe.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        safe.append("\\x%02x".formatted((int) c));
      } else {
        safe.append(c);
      }
    }
    return (text.length() > MOST_CHARS ? safe.append('…') : safe).toString();
  }

  @Override
  public synchronized void close() {
    try {
      out.flush();
      out.close();
    } catch (IOException e) {
      // Every line was flushed when it was written.
    }
  }
}
