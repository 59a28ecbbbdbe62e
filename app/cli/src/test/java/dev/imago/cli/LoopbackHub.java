package dev.imago.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// A hub with Hugging Face's conventions, of one repository, on the loopback interface. Large files
/// lie on another server, as on the real one.
final class LoopbackHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final HttpServer hub;
  private final HttpServer store;
  private final String path;
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, Integer> cuts = new ConcurrentHashMap<>();

  /// `GET FILE bytes=…`, in their order.
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /// What the store was told of who asks.
  final List<String> tokensAtStore = Collections.synchronizedList(new ArrayList<>());

  volatile String token = "";
  volatile long claimedBytes = -1;
  volatile boolean lying;

  /// @param path `models/o/n` or `datasets/o/n`
  LoopbackHub(String path) throws IOException {
    this.path = path;
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext("/", this::answer);
    store.createContext("/", this::fromStore);
    hub.start();
    store.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  LoopbackHub with(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  /// All files of a folder.
  LoopbackHub with(Path folder) throws IOException {
    try (var found = Files.list(folder)) {
      for (Path file : found.toList()) {
        with(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return this;
  }

  /// The next so many answers with this file break off after half of what is left.
  void cut(String name, int times) {
    cuts.put(name, times);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String at = exchange.getRequestURI().getRawPath();
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (!token.isEmpty() && !("Bearer " + token).equals(given)) {
        exchange.getResponseHeaders().set("X-Error-Code", given == null ? "GatedRepo" : "");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      String resolve = path.replaceFirst("^models/", "");
      if (at.equals("/api/" + path + "/revision/main")
          || at.equals("/api/" + path + "/revision/refs%2Fpr%2F1")) {
        String siblings =
            files.keySet().stream()
                .map("{\"rfilename\": \"%s\"}"::formatted)
                .collect(Collectors.joining(", "));
        send(exchange, "{\"sha\": \"%s\", \"siblings\": [%s]}".formatted(COMMIT, siblings));
      } else if (at.startsWith("/api/" + path + "/revision/")) {
        exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
        exchange.sendResponseHeaders(404, -1);
      } else if (at.startsWith("/" + resolve + "/resolve/" + COMMIT + "/")) {
        file(exchange, at.substring(("/" + resolve + "/resolve/" + COMMIT + "/").length()));
      } else {
        exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static void send(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void file(HttpExchange exchange, String name) throws IOException {
    byte[] content = files.get(name);
    if (content == null) {
      exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("X-Repo-Commit", COMMIT);
    if (name.endsWith(".safetensors") || name.endsWith(".gguf")) {
      headers.set("X-Linked-Etag", '"' + digest("SHA-256", content) + '"');
      headers.set(
          "X-Linked-Size", String.valueOf(claimedBytes < 0 ? content.length : claimedBytes));
      headers.set(
          "Location", "http://127.0.0.1:%d/%s".formatted(store.getAddress().getPort(), name));
      exchange.sendResponseHeaders(302, -1);
      return;
    }
    byte[] blob = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(blob, blob.length + content.length);
    System.arraycopy(content, 0, both, blob.length, content.length);
    headers.set("ETag", "W/\"" + digest("SHA-1", both) + '"');
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(200, -1);
    } else {
      bytes(exchange, name, content);
    }
  }

  private void fromStore(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      tokensAtStore.add(String.valueOf(given));
      String name = URI.create(exchange.getRequestURI().getPath()).getPath().substring(1);
      byte[] content = files.get(name);
      if (content != null) {
        if (lying) {
          content = content.clone();
          content[content.length - 1] ^= 1;
        }
        bytes(exchange, name, content);
      }
    }
  }

  private void bytes(HttpExchange exchange, String name, byte[] content) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add("GET " + name + (range == null ? "" : " " + range));
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    int left = content.length - from;
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, left);
    int times = cuts.getOrDefault(name, 0);
    cuts.put(name, Math.max(0, times - 1));
    // Of two cut answers the second brings nothing: the line is dead.
    exchange
        .getResponseBody()
        .write(content, from, times == 0 ? left : range == null ? left / 2 : 0);
    exchange.getResponseBody().flush();
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
  }
}
