package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What hosts that fail, wait, change or lie do to a crawl.
class CrawlerFaultsTest extends Crawling {
  @Test
  void aFailingRobotsTxtIsNoYesAndAMissingOneIsNoNo() throws Exception {
    LoopbackSite missing = site("127.0.0.2").html("/", "open");
    site.html("/", "closed");
    site.pages.put("/robots.txt", new LoopbackSite.Page(500, "text/plain", "", List.of()));
    LoopbackSite sent = site("127.0.0.3").html("/", "closed").html("/far", "sent on");
    sent.pages.put("/robots.txt", new LoopbackSite.Page(302, "", "", List.of("Location: /r1")));
    sent.pages.put("/r1", new LoopbackSite.Page(302, "", "", List.of("Location: /r2")));
    sent.text("/r2", "User-agent: *\nDisallow: /\n");
    CrawlSummary summary = crawl(settings(0, site.at("/"), missing.at("/"), sent.at("/")));
    assertEquals(1, summary.kept());
    assertEquals(List.of("/robots.txt"), site.targets());
    assertEquals(List.of("/robots.txt", "/r1", "/r2"), sent.targets());
    assertEquals(1, summary.refused().get("robots.txt (status 500)"));
    assertEquals(1, summary.refused().get("robots.txt"));
  }

  @Test
  void aHostThatAsksToWaitIsLeftAlone() throws Exception {
    site.text("/robots.txt", "")
        .html("/", "<a href=/later>l</a><a href=/third>t</a>")
        .html("/third", "x");
    site.pages.put(
        "/later", new LoopbackSite.Page(503, "text/plain", "", List.of("Retry-After: 1")));
    CrawlSummary summary = crawl(settings(0, site.at("/")));
    List<LoopbackSite.Asked> later =
        site.log.stream().filter(a -> a.target().equals("/later")).toList();
    assertEquals(3, later.size());
    assertTrue(later.get(1).at() - later.get(0).at() >= 1000);
    assertEquals(1, summary.refused().get("status 503"));
    assertEquals(List.of("/", "/third"), kept());
  }

  @Test
  void aHostThatTakesNoConnectionIsGivenTime() throws Exception {
    site.html("/", "<a href=/1>1</a>");
    var waits = new ArrayList<Long>();
    Thread crawling = Thread.currentThread();
    var listener =
        new CrawlListener() {
          @Override
          public void page(String address) {
            site.close();
          }

          @Override
          public void note(String line) {}

          @Override
          public synchronized void waiting(String host, long millis) {
            if (waits.isEmpty()) {
              crawling.interrupt();
            }
            waits.add(millis);
          }
        };
    CrawlSettings settings = settings(0, site.at("/"));
    assertThrows(
        InterruptedException.class,
        () -> new Crawler(settings, folder, Clock.systemUTC(), listener).run(CrawlStart.GO_ON));
    assertTrue(waits.getFirst() > 20_000, waits.toString());
    long tries =
        Files.readAllLines(folder.resolve(Frontier.NAME)).stream()
            .filter(line -> line.contains("\"asked\"") && line.contains("/1\""))
            .count();
    assertEquals(1, tries);
  }

  @Test
  void aTagThatNoHeaderMayHoldEndsNoCrawl() throws Exception {
    site.html("/", "text", "ETag: \"a\u0007b\"");
    CrawlSettings settings = settings(0, site.at("/"));
    crawl(settings);
    CrawlSummary second =
        new Crawler(settings, folder, Clock.systemUTC(), SILENT).run(CrawlStart.ANEW);
    assertEquals(1, second.unchanged());
  }

  @Test
  void aFolderIsOneCrawlsAlone() throws Exception {
    Path locks = Path.of("/proc/locks");
    assumeTrue(Files.isReadable(locks), "no /proc/locks says who holds which file");
    try (var _ = new Frontier(folder)) {
      Object inode = Files.getAttribute(folder.resolve(Frontier.NAME), "unix:ino");
      String held = Files.readString(locks);
      assertTrue(held.contains(":" + inode + " "), held);
    }
  }

  @Test
  void aRobotsTxtThatBreaksOffIsNoYes() throws Exception {
    site.html("/", "closed by what did not come");
    site.cut("/robots.txt", "User-agent: *\nAllow: /\n");
    CrawlSummary summary = crawl(settings(0, site.at("/")));
    assertEquals(Map.of("robots.txt (out of reach)", 1L), summary.refused());
    assertFalse(site.targets().contains("/"));
  }

  @Test
  void theRulesOfAHostHoldForADay() throws Exception {
    site.text("/robots.txt", "")
        .html("/", "<a href=/1>1</a><a href=/2>2</a>")
        .html("/1", "x")
        .html("/2", "x");
    var now = new AtomicReference<>(Instant.now());
    var listener =
        new CrawlListener() {
          @Override
          public void page(String address) {
            if (address.endsWith("/1")) {
              site.text("/robots.txt", "User-agent: *\nDisallow: /2\n");
              now.updateAndGet(time -> time.plus(Duration.ofHours(25)));
            }
          }

          @Override
          public void note(String line) {}
        };
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now.get();
          }
        };
    CrawlSummary summary =
        new Crawler(settings(0, site.at("/")), folder, clock, listener).run(CrawlStart.GO_ON);
    assertEquals(Map.of("robots.txt", 1L), summary.refused());
    assertEquals(2, site.targets().stream().filter(t -> t.equals("/robots.txt")).count());
  }

  @Test
  void whatWasRefusedMayBeOpenWhenACrawlIsBegunAnew() throws Exception {
    site.html("/", "<a href=/1>1</a>", "ETag: \"0\"");
    CrawlSettings settings = settings(0, site.at("/"));
    assertEquals(Map.of("status 404", 1L), crawl(settings).refused());
    site.html("/1", "there now");
    new Crawler(settings, folder, Clock.systemUTC(), SILENT).run(CrawlStart.ANEW);
    assertEquals(List.of("/", "/1"), kept());
  }

  @Test
  void aPageThatDoesNotSayWhatItIsMayStillRefuse() throws Exception {
    site.pages.put(
        "/", new LoopbackSite.Page(200, "", "<meta name=robots content=noai><p>text", List.of()));
    assertEquals(Map.of("noai (meta)", 1L), crawl(settings(0, site.at("/"))).refused());
  }

  @Test
  void whatIsNotPublicIsNotAsked() throws Exception {
    var d = settings(0, site.at("/"));
    var closed =
        new CrawlSettings(d.seeds(), AGENT, d.scope(), 10, 1, 1 << 20, 0, 1, true, List.of());
    CrawlSummary summary = crawl(closed);
    assertEquals(List.of(), site.targets());
    assertEquals(0, summary.kept());
    assertEquals(1, summary.refused().get("robots.txt (out of reach)"));
  }
}
