package dev.imago.serve.files;

import dev.imago.http.ApiException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A form of several parts as it comes (RFC 7578): each part goes to whoever takes it, byte by
/// byte, so that a file of any length needs no memory.
final class MultipartForm {
  private static final Pattern BOUNDARY =
      Pattern.compile(
          "(?i)multipart/form-data\\s*;.*?boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70})).*");

  /// Possessive: a long name takes no frame of the stack for each of its letters.
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)[;\\s](name|filename)=\"((?:[^\"\\\\]|\\\\.)*+)\"");

  private static final int MOST_HEADER_BYTES = 1 << 13;
  private static final int MOST_PARTS = 64;

  /// Takes the parts.
  @FunctionalInterface
  interface Taker {
    /// Where a part's bytes go.
    ///
    /// @param filename empty for a field
    OutputStream take(String name, String filename) throws IOException;
  }

  private final InputStream in;
  private final byte[] delimiter;
  private final int[] falls;
  private long left;

  private MultipartForm(InputStream in, byte[] delimiter, long most) {
    this.in = in;
    this.delimiter = delimiter;
    this.falls = falls(delimiter);
    this.left = most;
  }

  /// Reads a form.
  ///
  /// @param contentType of the request
  /// @param most bytes of it
  /// @throws ApiException for what is no such form, or longer
  static void read(InputStream in, String contentType, long most, Taker taker) throws IOException {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!boundary.matches()) {
      throw ApiException.invalid(
          null, "the body is no multipart/form-data with a boundary; send the file as such a form");
    }
    String mark = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    byte[] delimiter = ("\r\n--" + mark).getBytes(StandardCharsets.ISO_8859_1);
    new MultipartForm(new BufferedInputStream(in, 1 << 16), delimiter, most).read(taker);
  }

  private void read(Taker taker) throws IOException {
    part(OutputStream.nullOutputStream(), 2); // the first mark has no line before it
    for (int parts = 0; !ended(); parts++) {
      if (parts == MOST_PARTS) {
        throw ApiException.invalid(null, "the form has more than %d parts".formatted(MOST_PARTS));
      }
      Map<String, String> about = headers();
      String name = about.get("name");
      if (name == null) {
        throw ApiException.invalid(null, "a part of the form has no name");
      }
      try (OutputStream out = taker.take(name, about.getOrDefault("filename", ""))) {
        part(out, 0);
      }
    }
  }

  /// Copies up to the next mark. Knuth, Morris and Pratt 1977: nothing is read twice.
  ///
  /// @param matched how much of a mark counts as read
  private void part(OutputStream out, int matched) throws IOException {
    int found = matched;
    while (found < delimiter.length) {
      int next = next();
      while (found > 0 && delimiter[found] != (byte) next) {
        int kept = falls[found - 1];
        out.write(delimiter, 0, found - kept);
        found = kept;
      }
      if (delimiter[found] == (byte) next) {
        found++;
      } else {
        out.write(next);
      }
    }
  }

  private static int[] falls(byte[] pattern) {
    int[] falls = new int[pattern.length];
    for (int i = 1, k = 0; i < pattern.length; i++) {
      while (k > 0 && pattern[k] != pattern[i]) {
        k = falls[k - 1];
      }
      k += pattern[k] == pattern[i] ? 1 : 0;
      falls[i] = k;
    }
    return falls;
  }

  /// After a mark: whether it was the last one.
  private boolean ended() throws IOException {
    int one = next();
    int two = next();
    if (one == '-' && two == '-') {
      return true;
    }
    if (one == '\r' && two == '\n') {
      return false;
    }
    throw broken();
  }

  private Map<String, String> headers() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var about = new TreeMap<String, String>();
    while (true) {
      var line = new ByteArrayOutputStream();
      int next = next();
      while (next != '\r') {
        line.write(next);
        if (bytes.size() + line.size() > MOST_HEADER_BYTES) {
          throw broken();
        }
        next = next();
      }
      if (next() != '\n') {
        throw broken();
      }
      if (line.size() == 0) {
        return about;
      }
      bytes.writeBytes(line.toByteArray());
      String header = line.toString(StandardCharsets.UTF_8);
      if (header.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
        Matcher parameters = PARAMETER.matcher(header);
        while (parameters.find()) {
          about.put(
              parameters.group(1).toLowerCase(Locale.ROOT),
              parameters.group(2).replaceAll("\\\\(.)", "$1"));
        }
      }
    }
  }

  private int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw broken();
    }
    if (--left < 0) {
      throw ApiException.of(
          413, "request_too_large", "the form is longer than may be sent: send less at a time");
    }
    return next;
  }

  private static ApiException broken() {
    return ApiException.invalid(
        null, "the form is broken, or ends before its last boundary: send it again");
  }
}
