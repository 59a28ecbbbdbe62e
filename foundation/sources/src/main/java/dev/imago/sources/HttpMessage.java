package dev.imago.sources;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// An answer of HTTP as archives keep it (RFC 9112), its body without the encodings of transfer and
/// content (RFC 9110, 8.4). Archives hold many that say «chunked» or «gzip» of a body that is not:
/// then it is taken as it stands.
///
/// @param status 0 where there is no status line, and all is the body
/// @param headers by their names in small letters
/// @param truncated why the body is not whole, or empty
record HttpMessage(int status, Map<String, String> headers, byte[] body, String truncated) {
  /// Header lines beyond this are an attack, and passed over.
  private static final int MOST_HEADERS = 1000;

  private static final Set<String> ENCODINGS = Set.of("gzip", "x-gzip", "br", "zstd", "deflate");

  /// @param block all of it
  /// @param maxBytes the most that a body may unpack to
  static HttpMessage of(byte[] block, int maxBytes) {
    String start = new String(block, 0, Math.min(block.length, 5), StandardCharsets.ISO_8859_1);
    if (!start.equals("HTTP/")) {
      return new HttpMessage(0, Map.of(), block, "");
    }
    int end = lineEnd(block, 0);
    int status = status(line(block, 0, end));
    int at = after(block, end);
    var headers = new TreeMap<String, String>();
    String last = "";
    int lines = 0;
    while (at < block.length) {
      int to = lineEnd(block, at);
      String line = line(block, at, to);
      at = after(block, to);
      if (line.isEmpty()) {
        break;
      } else if (++lines > MOST_HEADERS) {
        continue;
      }
      int colon = line.indexOf(':');
      if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
        headers.merge(last, line.strip(), (a, b) -> a + " " + b);
      } else if (colon > 0) {
        last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        headers.merge(last, line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
      }
    }
    byte[] body = Arrays.copyOfRange(block, Math.min(at, block.length), block.length);
    if (headers
        .getOrDefault("transfer-encoding", "")
        .toLowerCase(Locale.ROOT)
        .contains("chunked")) {
      body = unchunked(body);
    }
    String truncated = "";
    List<String> encodings =
        List.of(headers.getOrDefault("content-encoding", "").toLowerCase(Locale.ROOT).split(","));
    for (String encoding : encodings.reversed()) {
      if (!ENCODINGS.contains(encoding.strip())) {
        continue;
      }
      Unpacking unpacked = unpack(encoding.strip(), body, maxBytes);
      body = unpacked.body;
      truncated = truncated.isEmpty() ? unpacked.truncated : truncated;
    }
    return new HttpMessage(status, headers, body, truncated);
  }

  private static int status(String line) {
    String[] words = line.split(" +", 3);
    return words.length > 1 && words[1].matches("[1-9][0-9]{2}") ? Integer.parseInt(words[1]) : 0;
  }

  private record Unpacking(byte[] body, String truncated) {}

  private static Unpacking unpack(String encoding, byte[] body, int maxBytes) {
    var out = new ByteArrayOutputStream();
    try (InputStream in = open(encoding, body)) {
      byte[] piece = new byte[1 << 13];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (out.size() + n > maxBytes) {
          return new Unpacking(out.toByteArray(), "its body unpacks to more than " + maxBytes);
        }
        out.write(piece, 0, n);
      }
    } catch (IOException | RuntimeException e) {
      // Of what is packed in no way nothing comes out; of what is cut off, its beginning.
      return out.size() == 0
          ? new Unpacking(body, "")
          : new Unpacking(out.toByteArray(), "its body breaks off");
    }
    return new Unpacking(out.toByteArray(), "");
  }

  private static InputStream open(String encoding, byte[] body) throws IOException {
    var in = new ByteArrayInputStream(body);
    return switch (encoding) {
      case "gzip", "x-gzip" -> Compression.GZIP.open(in);
      case "br" -> Compression.BROTLI.open(in);
      case "zstd" -> Compression.ZSTD.open(in);
      // Meant is zlib's form; what many servers send has no header.
      case "deflate" ->
          new InflaterInputStream(
              in,
              new Inflater(
                  body.length < 2
                      || (body[0] & 0x0f) != 8
                      || ((body[0] & 0xff) << 8 | body[1] & 0xff) % 31 != 0));
      default -> in;
    };
  }

  /// The chunks joined; the body itself where it does not begin with one; what stands where a chunk
  /// should begin, and none does, is taken as it is.
  private static byte[] unchunked(byte[] body) {
    var out = new ByteArrayOutputStream(body.length);
    int at = 0;
    while (at < body.length) {
      int end = lineEnd(body, at);
      String size = line(body, at, Math.min(end, at + 64)).replaceFirst(";.*", "").strip();
      if (!size.matches("[0-9a-fA-F]{1,7}")) {
        out.write(body, at, body.length - at);
        break;
      }
      int length = Integer.parseInt(size, 16);
      at = after(body, end);
      if (length == 0) {
        break;
      }
      int there = Math.min(length, body.length - at);
      out.write(body, at, there);
      at += there;
      if (at < body.length && body[at] == '\r') {
        at++;
      }
      if (at < body.length && body[at] == '\n') {
        at++;
      }
    }
    return out.toByteArray();
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int after(byte[] bytes, int lineEnd) {
    return Math.min(bytes.length, lineEnd + 1);
  }

  private static String line(byte[] bytes, int from, int to) {
    String line = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }
}
