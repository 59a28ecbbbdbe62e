package dev.imago.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteStoreTest {
  private static final String TEXT = "0123456789".repeat(1000);

  @TempDir private Path folder;
  private HttpServer server;
  private final List<String> asked = new ArrayList<>();
  private final Map<String, String> env = new java.util.HashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String at(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  /// Files that break off after 4,000 bytes, and a store of two objects.
  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add(path + " " + range);
    var headers = exchange.getResponseHeaders();
    try (exchange) {
      if (path.startsWith("/on")) {
        headers.set("Location", path.equals("/on") ? "/file.txt" : "http://127.0.0.2:9/");
        exchange.sendResponseHeaders(302, -1);
      } else if (query.contains("list-type=2")) {
        boolean first = !query.contains("continuation-token=more%2B");
        String list =
            "<?xml version='1.0'?><ListBucketResult><Contents><Key>corpus/%s</Key><Size>%d</Size></Contents>%s</ListBucketResult>"
                .formatted(
                    first ? "a &amp; b.txt" : "c/d.txt",
                    TEXT.length(),
                    first ? "<NextContinuationToken>more+</NextContinuationToken>" : "");
        send(exchange, 200, list);
      } else if (path.equals("/stuck")) {
        exchange.sendResponseHeaders(200, TEXT.length());
        exchange.getResponseBody().flush();
      } else if (path.equals("/none")) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        headers.set("ETag", "\"1\"");
        if (from > 0) {
          headers.set(
              "Content-Range", "bytes %d-%d/%d".formatted(from, TEXT.length() - 1, TEXT.length()));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, TEXT.length() - from);
        exchange
            .getResponseBody()
            .write(
                TEXT.substring(from, Math.min(TEXT.length(), from + 4000))
                    .getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
      }
    } catch (IOException e) {
      // The client has gone, or it was cut off on purpose.
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private RemoteStore store() {
    return new RemoteStore("imago/test", env, Clock.systemUTC());
  }

  @Test
  void aBrokenDownloadIsGoneOnFrom() throws Exception {
    RemoteFile file = store().list(at("/on")).getFirst();
    assertEquals("on", file.name());
    assertEquals(TEXT.length(), file.bytes());
    Path to = folder.resolve("file.txt");
    store().fetch(file, to, bytes -> {});
    assertEquals(TEXT, Files.readString(to));
    assertTrue(asked.contains("/file.txt bytes=8000-"), asked.toString());
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void whatIsBelowAPrefixOfAStoreIsListedAndFetched() throws Exception {
    env.put("AWS_ENDPOINT_URL", at(""));
    List<RemoteFile> files = store().list("s3://data/corpus/");
    assertEquals(List.of("a & b.txt", "c/d.txt"), files.stream().map(RemoteFile::name).toList());
    Path to = folder.resolve("a");
    store().fetch(files.getFirst(), to, bytes -> {});
    assertEquals(TEXT, Files.readString(to));
    assertTrue(asked.contains("/data/corpus/a%20%26%20b.txt null"), asked.toString());
  }

  @Test
  void whatBeginsAnewIsNotToldToGoOn() {
    WebAddress at = Objects.requireNonNull(WebAddress.of(at("/stuck")));
    var file = new RemoteFile("stuck", at.toString(), at, -1, "");
    String message =
        assertThrows(
                EnvironmentException.class,
                () -> store().fetch(file, folder.resolve("stuck"), bytes -> {}))
            .getMessage();
    assertTrue(
        message.endsWith(
            "breaks off at byte 0, and says not how long it is; run it again, it begins anew"),
        message);
  }

  @Test
  void whoIsSentOnIntoAnotherPrivateNetworkDoesNotGo() {
    String message =
        assertThrows(EnvironmentException.class, () -> store().list(at("/on/inside"))).getMessage();
    assertTrue(message.contains("127.0.0.2 is loopback"), message);
  }

  @Test
  void whatIsNotThereIsTold() {
    assertThrows(InputException.class, () -> store().list(at("/none")));
    assertThrows(ConfigException.class, () -> store().list("http://"));
    assertThrows(ConfigException.class, () -> store().list("https://me:secret@example.org/"));
    env.put("AWS_ACCESS_KEY_ID", "a");
    assertThrows(ConfigException.class, () -> store().list("s3://data/"));
  }
}
