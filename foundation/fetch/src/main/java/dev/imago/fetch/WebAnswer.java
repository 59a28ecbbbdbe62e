package dev.imago.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/// What a server answers, as it comes.
///
/// @param peer the address that was connected to
/// @param statusLine as it was sent, such as `HTTP/1.1 200 OK`
/// @param headers as they were sent, in their order
/// @param body without the framing of chunks; packed as Content-Encoding says. Where the connection
///   breaks off before its end, reading it is an [IOException].
public record WebAnswer(
    InetAddress peer, String statusLine, int status, List<Header> headers, InputStream body)
    implements AutoCloseable {
  /// A line of the head.
  public record Header(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  public WebAnswer {
    headers = List.copyOf(headers);
  }

  /// The values of a header, joined by commas; empty where it was not sent.
  public String header(String name) {
    return String.join(", ", values(name));
  }

  /// The values of a header, a line each.
  public List<String> values(String name) {
    return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
  }

  /// Where the server sends on to, as it was written; empty where it does not.
  public String location() {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> header("Location");
      default -> "";
    };
  }

  /// The media type, in small letters, without parameters; empty where nothing says.
  public String mediaType() {
    return header("Content-Type").replaceFirst("[;,].*", "").strip().toLowerCase(Locale.ROOT);
  }

  /// Ends the connection.
  @Override
  public void close() throws IOException {
    body.close();
  }
}
