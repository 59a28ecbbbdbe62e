package dev.imago.fetch;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// HTTP/1.1 (RFC 9112) to addresses that were checked: a host is looked up once, its addresses are
/// checked, and the connection is made to one of these very addresses; a certificate must be that
/// of the host's name. One connection for each request. Follows no redirect: whoever does, asks
/// again, and each target is checked as the first was. Thread-safe.
///
/// The JDK's clients look a name up themselves when they connect: between a check and that, the
/// name may come to mean another machine (DNS rebinding).
///
/// @param patience how long a connection may take to be made, and an answer to go on
/// @param longest how long an answer may take in all: a server that sends a byte a minute holds
///   nobody up
public record WebClient(
    AddressRules rules, HostLookup lookup, Duration patience, Duration longest) {
  /// More than any server sends; RFC 9110 asks for 8,000 a line.
  private static final int LONGEST_HEAD = 1 << 18;

  private static final int MOST_INFORMATIONAL = 10;

  /// With the system's lookup, for patience 30 seconds and no bound on the whole.
  public static WebClient to(AddressRules rules) {
    return new WebClient(rules, HostLookup.SYSTEM, Duration.ofSeconds(30), Duration.ofDays(365));
  }

  /// Asks, and gives the answer once its head is there.
  ///
  /// @throws AddressRefusedException before any connection is made, where none may be
  public WebAnswer send(WebRequest request) throws IOException {
    return send(request, () -> {});
  }

  /// The same.
  ///
  /// @param asking is run when the connection stands, before its server hears of the request
  public WebAnswer send(WebRequest request, Runnable asking) throws IOException {
    WebAddress to = request.address();
    long deadline = System.nanoTime() + longest.toNanos();
    String host = to.host().replaceAll("[\\[\\]]", "");
    List<InetAddress> addresses = rules.allowed(to.host(), lookup.addresses(host), to.port());
    Socket socket = connect(addresses, to.port());
    try {
      InetAddress peer = socket.getInetAddress();
      if (to.scheme().equals("https")) {
        socket = secured(socket, host, to.port());
      }
      asking.run();
      socket.getOutputStream().write(request.head().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      var in = new BufferedInputStream(new Timed(socket, deadline), 1 << 14);
      return answer(request, peer, in);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private Socket connect(List<InetAddress> addresses, int port) throws IOException {
    IOException first = null;
    for (InetAddress address : addresses) {
      var socket = new Socket(java.net.Proxy.NO_PROXY);
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), millis(patience));
        socket.setSoTimeout(millis(patience));
        return socket;
      } catch (IOException e) {
        socket.close();
        first = first == null ? e : first;
      }
    }
    throw first == null ? new ConnectException("it has no address") : first;
  }

  private static Socket secured(Socket socket, String host, int port) throws IOException {
    if (!(SSLSocketFactory.getDefault() instanceof SSLSocketFactory factory)
        || !(factory.createSocket(socket, host, port, true) instanceof SSLSocket secure)) {
      throw new IOException("this JVM has no TLS");
    }
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    boolean name = host.indexOf(':') < 0 && !host.matches("[0-9.]+");
    if (name) {
      String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      parameters.setServerNames(List.of(new SNIHostName(plain)));
    }
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  private static int millis(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, duration.toMillis()));
  }

  private static WebAnswer answer(WebRequest request, InetAddress peer, InputStream in)
      throws IOException {
    for (int i = 0; i <= MOST_INFORMATIONAL; i++) {
      int[] left = {LONGEST_HEAD};
      String line = line(in, left);
      if (!line.matches("HTTP/1\\.[0-9] [1-9][0-9]{2}( .*)?")) {
        throw new ProtocolException("it does not answer as a server of the web does");
      }
      int status = Integer.parseInt(line.substring(9, 12));
      List<WebAnswer.Header> headers = headers(in, left);
      if (status >= 200) {
        var bare = new WebAnswer(peer, line, status, headers, in);
        return new WebAnswer(peer, line, status, headers, framed(request, bare));
      }
    }
    throw new ProtocolException("it only announces an answer");
  }

  private static List<WebAnswer.Header> headers(InputStream in, int[] left) throws IOException {
    var headers = new ArrayList<WebAnswer.Header>();
    for (String raw = line(in, left); !raw.isEmpty(); raw = line(in, left)) {
      // What a header may not hold is a blank (RFC 9110, 5.5): its value may be sent again, as a
      // tag.
      String line = raw.replaceAll("\\p{Cntrl}", " ");
      int colon = line.indexOf(':');
      if (Character.isWhitespace(line.charAt(0)) && !headers.isEmpty()) {
        WebAnswer.Header last = headers.removeLast();
        headers.add(new WebAnswer.Header(last.name(), last.value() + " " + line.strip()));
      } else if (colon > 0) {
        headers.add(
            new WebAnswer.Header(
                line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
      }
    }
    return headers;
  }

  private static String line(InputStream in, int[] left) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new java.io.EOFException("it ends the connection within the head of an answer");
      }
      if (--left[0] < 0) {
        throw new ProtocolException(
            "the head of its answer is beyond %,d bytes".formatted(LONGEST_HEAD));
      }
      line.append((char) c);
    }
    return line.length() > 0 && line.charAt(line.length() - 1) == '\r'
        ? line.substring(0, line.length() - 1)
        : line.toString();
  }

  /// RFC 9112, 6.3.
  private static InputStream framed(WebRequest request, WebAnswer answer) throws IOException {
    InputStream in = answer.body();
    int status = answer.status();
    if (request.method().equals("HEAD") || status == 204 || status == 304) {
      return new Framed(in, 0);
    }
    String coding = answer.header("Transfer-Encoding").toLowerCase(Locale.ROOT);
    if (coding.endsWith("chunked")) {
      return new Chunked(in);
    }
    String length = answer.header("Content-Length");
    if (!length.isEmpty() && coding.isEmpty()) {
      String[] given = length.split("\\s*,\\s*");
      for (String each : given) {
        if (!each.matches("[0-9]{1,18}") || !each.equals(given[0])) {
          throw new ProtocolException("its Content-Length is «%s»".formatted(length));
        }
      }
      return new Framed(in, Long.parseLong(given[0]));
    }
    return new Framed(in, -1);
  }

  /// The socket's bytes, up to a deadline. Closes the socket.
  private static final class Timed extends FilterInputStream {
    private final Socket socket;
    private final long deadline;

    Timed(Socket socket, long deadline) throws IOException {
      super(socket.getInputStream());
      this.socket = socket;
      this.deadline = deadline;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (deadline - System.nanoTime() < 0) {
        throw new SocketTimeoutException("its answer takes too long");
      }
      return super.read(to, offset, length);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /// A body of a known length, or up to the connection's end.
  private static final class Framed extends FilterInputStream {
    private long left;

    /// @param length −1 where the connection's end is the body's
    Framed(InputStream in, long length) {
      super(in);
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = super.read(to, offset, left < 0 ? length : (int) Math.min(length, left));
      if (left > 0) {
        if (read < 0) {
          throw new java.io.EOFException("the connection ends %,d bytes early".formatted(left));
        }
        left -= read;
      }
      return read;
    }
  }

  /// RFC 9112, 7.1.
  private static final class Chunked extends FilterInputStream {
    private long left;
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (!ended && left == 0) {
        next();
      }
      if (ended) {
        return -1;
      }
      int read = super.read(to, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new java.io.EOFException("the connection ends within a chunk");
      }
      left -= read;
      return read;
    }

    private void next() throws IOException {
      int[] most = {LONGEST_HEAD};
      if (!first && !line(in, most).isEmpty()) {
        throw new ProtocolException("a chunk is longer than it says");
      }
      first = false;
      String size = line(in, most).replaceFirst(";.*", "").strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new ProtocolException("a chunk's length is «%s»".formatted(size));
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        ended = true;
        headers(in, most); // trailers
      }
    }
  }
}
