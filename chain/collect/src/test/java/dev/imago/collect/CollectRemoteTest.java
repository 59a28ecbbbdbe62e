package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.imago.core.InputException;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.fetch.RemoteFile;
import dev.imago.fetch.WebAddress;
import dev.imago.fixtures.FakeRun;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectRemoteTest {
  @TempDir private Path temporary;

  @Test
  void whatLiesBehindAnAddressIsASourceAsAnyOther() throws Exception {
    var tag = new String[] {"\"1\""};
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] text = "A text that is read.\n".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("ETag", tag[0]);
          exchange.sendResponseHeaders(200, text.length);
          try (exchange) {
            exchange.getResponseBody().write(text);
          }
        });
    server.start();
    try {
      String address = "http://127.0.0.1:%d/a/notes.txt".formatted(server.getAddress().getPort());
      var config = Collect.Config.defaults().withSources(List.of(address));
      var documents = new ArrayList<Document>();
      String none = Collect.read(config, note -> {}, documents::add);
      assertEquals("", none);
      assertEquals("notes.txt", documents.getFirst().id());
      var run = new FakeRun(temporary, 1);
      new Collect().check(config);
      assertTrue(new Collect().run(new Collect.Inputs(List.of()), config, run).raw() != null);
      String before = new Collect().external(config);
      tag[0] = "\"2\"";
      assertNotEquals(before, new Collect().external(config));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whereNothingIsOfAKindThatIsReadThatIsTold() {
    String source = "s3://photos/2026/";
    WebAddress at = Objects.requireNonNull(WebAddress.of("http://127.0.0.1/photos/2026/a.png"));
    var files =
        List.of(
            new RemoteFile("a.png", source + "a.png", at, 1, ""),
            new RemoteFile("b.png", source + "b.png", at, 1, ""));
    var config = Collect.Config.defaults().withSources(List.of(source));
    String told =
        assertThrows(
                InputException.class,
                () -> RemoteSources.listed(0, source, files, config, note -> {}))
            .getMessage();
    assertTrue(told.startsWith("s3://photos/2026/ holds 2 objects, of whose endings none"), told);
  }

  @Test
  void aCrawlIsASourceAsAnyOther() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean page = exchange.getRequestURI().getPath().equals("/page");
          byte[] text = "<title>A page</title><p>It is read.".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(page ? 200 : 404, page ? text.length : -1);
          try (exchange) {
            if (page) {
              exchange.getResponseBody().write(text);
            }
          }
        });
    server.start();
    try {
      int port = server.getAddress().getPort();
      var d = Crawl.Config.defaults();
      var config =
          new Crawl.Config(
              List.of("http://127.0.0.1:%d/page".formatted(port)),
              "TestBot/1.0 (+https://example.org/bot)",
              d.scope(),
              10,
              1,
              d.maxPageBytes(),
              0,
              2,
              false,
              List.of("127.0.0.1:" + port),
              "");
      new Crawl().check(config);
      var crawl =
          new Crawl()
              .run(new Crawl.Inputs(), config, new FakeRun(temporary.resolve("crawl"), 1))
              .crawl();
      Collect.Config sources = Collect.Config.defaults();
      new Collect().check(sources, Set.of("crawl"));
      var raw =
          new Collect()
              .run(
                  new Collect.Inputs(List.of(crawl)),
                  sources,
                  new FakeRun(temporary.resolve("collect"), 1))
              .raw();
      try (Stream<Document> documents = Documents.read(raw.folder(), "raw")) {
        Document document = documents.findFirst().orElseThrow();
        assertTrue(document.id().matches("crawl-00000.warc.gz![0-9]+"), document.id());
        assertEquals("A page", document.tags().get("title"));
        assertEquals(config.seeds().getFirst(), document.source());
      }
    } finally {
      server.stop(0);
    }
  }
}
