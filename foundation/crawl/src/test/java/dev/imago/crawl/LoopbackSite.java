package dev.imago.crawl;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/// A site on a loopback address, and a log of what it was asked.
final class LoopbackSite implements AutoCloseable {
  /// @param headers as `Name: value` lines
  record Page(int status, String type, String body, List<String> headers) {}

  /// @param at milliseconds
  record Asked(String target, long at, String agent, int status) {}

  private final HttpServer server;
  final Map<String, Page> pages = Collections.synchronizedMap(new HashMap<>());
  private final Set<String> cut = Collections.synchronizedSet(new HashSet<>());
  final List<Asked> log = Collections.synchronizedList(new ArrayList<>());

  LoopbackSite(String address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(address), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String at(String path) {
    return "http://%s:%d%s"
        .formatted(
            server.getAddress().getAddress().getHostAddress(), server.getAddress().getPort(), path);
  }

  LoopbackSite html(String path, String body, String... headers) {
    pages.put(path, new Page(200, "text/html; charset=utf-8", body, List.of(headers)));
    return this;
  }

  LoopbackSite text(String path, String body) {
    pages.put(path, new Page(200, "text/plain", body, List.of()));
    return this;
  }

  /// A file whose connection breaks off before its end.
  LoopbackSite cut(String path, String body) {
    cut.add(path);
    return text(path, body);
  }

  List<String> targets() {
    return log.stream().map(Asked::target).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    Page page = pages.getOrDefault(target, new Page(404, "text/html", "none", List.of()));
    int status = page.status();
    for (String header : page.headers()) {
      String[] pair = header.split(": ", 2);
      exchange.getResponseHeaders().add(pair[0], pair[1]);
      boolean same =
          pair[0].equals("ETag")
              && pair[1].equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
      status = same ? 304 : status;
    }
    log.add(
        new Asked(
            target,
            System.currentTimeMillis(),
            exchange.getRequestHeaders().getFirst("User-Agent"),
            status));
    byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
    if (!page.type().isEmpty()) {
      exchange.getResponseHeaders().add("Content-Type", page.type());
    }
    int length = cut.contains(target) ? body.length + 1 : 0; // 0: in chunks
    exchange.sendResponseHeaders(status, status == 304 ? -1 : length);
    try (exchange) {
      if (status != 304) {
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
