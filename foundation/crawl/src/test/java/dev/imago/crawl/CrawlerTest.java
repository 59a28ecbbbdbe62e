package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.sources.WebRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrawlerTest extends Crawling {
  @Test
  void whatIsRefusedIsNotKeptAndSaysWhy() throws Exception {
    site.text(
            "/robots.txt",
            "User-agent: *\n"
                + "Disallow: /closed/\n\n"
                + "User-agent: testbot\n"
                + "Disallow: /private\n"
                + "Content-Signal: search=yes\n"
                + "Content-Usage: /signal train-ai=n\n")
        .text("/.well-known/tdmrep.json", "[{\"location\":\"/mine/*\",\"tdm-reservation\":1}]")
        .html(
            "/",
            """
            <a href=/a>a</a><a href=/private/x>x</a><a href=/closed/open>o</a><a href=/noindex>n</a>
            <a href=/noai>n</a><a href=/header>h</a><a href=/other>o</a><a href=/mine/1>m</a>
            <a href=/signal/1>s</a><a href=/tdm>t</a><a href=/leaf rel=nofollow>l</a>
            <a href=/nofollow>f</a><a href=/image.png>i</a><a href=http://127.0.0.2:1/>out</a>
            <a href=/a?PHPSESSID=9>again</a><a href=/moved>m</a><a href=/bin>b</a>
            """)
        .html("/a", "text of a")
        .html("/closed/open", "the group of all is not ours")
        .html("/noindex", "<meta name=robots content=noindex><a href=/behind>b</a>")
        .html("/behind", "found behind noindex")
        .html("/noai", "<meta name=robots content='index, noai'>")
        .html("/header", "x", "X-Robots-Tag: otherbot: noindex, testbot: noindex")
        .html("/other", "y", "X-Robots-Tag: otherbot: noindex, nofollow")
        .html("/tdm", "z", "tdm-reservation: 1")
        .html("/nofollow", "<meta name=TestBot content=nofollow><a href=/never>n</a>");
    site.pages.put(
        "/moved", new LoopbackSite.Page(301, "text/html", "", List.of("Location: /target")));
    site.html("/target", "moved here");
    site.pages.put("/bin", new LoopbackSite.Page(200, "image/gif", "GIF", List.of()));
    CrawlSummary summary = crawl(settings(0, site.at("/")));
    assertEquals(
        List.of("/", "/a", "/behind", "/closed/open", "/nofollow", "/other", "/target"), kept());
    Map<String, Long> refused = summary.refused();
    for (String reason :
        List.of(
            "robots.txt",
            "noindex (meta)",
            "noai (meta)",
            "noindex (X-Robots-Tag)",
            "tdm-reservation (tdmrep.json)",
            "train-ai=no (robots.txt)",
            "tdm-reservation (header)",
            "media type image/gif",
            "sent on elsewhere")) {
      assertEquals(1, refused.getOrDefault(reason, 0L), reason + " in " + refused);
    }
    for (String never :
        List.of("/private/x", "/mine/1", "/signal/1", "/leaf", "/never", "/image.png")) {
      assertFalse(site.targets().contains(never), never);
    }
    assertEquals(1, summary.passedOver().get("out of scope"));
    assertTrue(site.log.stream().allMatch(asked -> asked.agent().equals(AGENT)));
  }

  @Test
  void noPageIsAskedTwiceWhenItIsKilledAndNoGapIsTooShort() throws Exception {
    var seeds = new ArrayList<String>();
    for (int s = 1; s <= 3; s++) {
      LoopbackSite each = s == 1 ? site : site("127.0.0." + s);
      each.text("/robots.txt", "User-agent: *\nCrawl-delay: 0\nDisallow: /no\n");
      for (int i = 0; i < 10; i++) {
        String links =
            "<a href=/%d>n</a><a href=/%d>m</a><a href=/no/%d>x</a>".formatted(i + 1, i + 2, i);
        each.html(i == 0 ? "/" : "/" + i, links + " page " + i + " of " + s);
      }
      seeds.add(each.at("/"));
    }
    CrawlSettings settings = settings(10, seeds.toArray(new String[0]));
    for (int kill = 0; kill < 3; kill++) {
      var seen = new int[1];
      var listener =
          new CrawlListener() {
            @Override
            public synchronized void page(String address) {
              if (++seen[0] == 7) {
                throw new IllegalStateException("killed");
              }
            }

            @Override
            public void note(String line) {}
          };
      assertThrows(
          IllegalStateException.class,
          () -> new Crawler(settings, folder, Clock.systemUTC(), listener).run(CrawlStart.GO_ON));
      // What a kill leaves: half a line, half a record.
      Files.writeString(
          folder.resolve(Frontier.NAME), "{\"event\":\"do", StandardOpenOption.APPEND);
      Files.writeString(folder.resolve(WarcWriter.name(0)), "\u001f", StandardOpenOption.APPEND);
    }
    CrawlSummary summary = crawl(settings);
    for (LoopbackSite each : sites) {
      List<String> targets = each.targets();
      assertEquals(new HashSet<>(targets).size(), targets.size(), targets.toString());
      assertFalse(targets.stream().anyMatch(t -> t.startsWith("/no")), targets.toString());
      for (int i = 1; i < each.log.size(); i++) {
        long gap = each.log.get(i).at() - each.log.get(i - 1).at();
        assertTrue(gap >= 9, "%d ms before %s".formatted(gap, each.log.get(i)));
      }
    }
    assertEquals(summary.kept(), kept().size());
    assertTrue(summary.inDoubt() <= 9, summary.toString());
    assertEquals(
        summary.asked(),
        summary.kept() + summary.inDoubt() + summary.refused().getOrDefault("status 404", 0L));
  }

  @Test
  void whatAPowerFailureTookIsAskedForAgain() throws Exception {
    site.html("/", "<a href=/1>1</a><a href=/2>2</a>").html("/1", "one").html("/2", "two");
    CrawlSettings settings = settings(0, site.at("/"));
    assertEquals(3, crawl(settings).kept());
    Path frontier = folder.resolve(Frontier.NAME);
    Path archive = folder.resolve(WarcWriter.name(0));
    // The last mark never came to disk, nor the last bytes of the archive.
    List<String> lines = Files.readAllLines(frontier);
    Files.write(
        frontier,
        lines.stream().filter(l -> !l.contains("\"synced\"") && !l.contains("\"end\"}")).toList());
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, java.util.Arrays.copyOf(bytes, bytes.length - 40));
    CrawlSummary summary = crawl(settings);
    assertEquals(3, summary.kept());
    assertEquals(List.of("/", "/1", "/2"), kept());
    assertEquals(
        4, site.targets().stream().filter(t -> t.matches("/[12]?")).count(), "one page again");
  }

  @Test
  void whatIsInDoubtIsAskedForAgainWhereThatIsWished() throws Exception {
    site.html("/", "<a href=/1>1</a>").html("/1", "one");
    CrawlSettings settings = settings(0, site.at("/"));
    crawl(settings);
    Path frontier = folder.resolve(Frontier.NAME);
    List<String> lines = Files.readAllLines(frontier);
    int asked = 0;
    while (!(lines.get(asked).contains("asked") && lines.get(asked).contains("/1\""))) {
      asked++;
    }
    Files.write(frontier, lines.subList(0, asked + 1)); // killed here
    assertEquals(1, crawl(settings).inDoubt());
    CrawlSummary summary =
        new Crawler(settings, folder, Clock.systemUTC(), SILENT).run(CrawlStart.ASK_DOUBTFUL);
    assertEquals(0, summary.inDoubt());
    assertEquals(List.of("/", "/1"), kept());
  }

  @Test
  void aCrawlThatIsBegunAnewAsksWhatHasChanged() throws Exception {
    site.html("/", "<a href=/same>s</a><a href=/new>n</a><a href=/untagged>u</a>", "ETag: \"0\"")
        .html("/same", "as it was", "ETag: \"1\"")
        .html("/untagged", "as it was, too")
        .html("/new", "old", "ETag: \"2\"");
    var settings = settings(0, site.at("/"));
    assertEquals(4, crawl(settings).kept());
    long asked = site.log.size();
    crawl(settings);
    assertEquals(asked, site.log.size(), "a crawl that has ended asks nothing");
    site.html("/new", "new", "ETag: \"3\"");
    CrawlSummary second =
        new Crawler(settings, folder, Clock.systemUTC(), SILENT).run(CrawlStart.ANEW);
    assertEquals(4, second.kept());
    assertEquals(3, second.unchanged());
    List<WebRecord> records = records();
    assertEquals(3, records.stream().filter(r -> r.type().equals("revisit")).count());
    assertEquals(5, records.stream().filter(r -> r.type().equals("response")).count());
    assertThrows(ConfigException.class, () -> crawl(settings(0, site.at("/same"))));
  }

  @Test
  void sitemapsAndFeedsLeadToPages() throws Exception {
    site.text("/robots.txt", "Sitemap: " + site.at("/maps.xml"))
        .html("/", "<link rel=alternate type=application/rss+xml href=/feed>")
        .html("/listed", "of a sitemap")
        .html("/plain", "of a sitemap of plain text")
        .html("/news", "of a feed");
    String space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'";
    xml(
        "/maps.xml",
        "<sitemapindex %s><sitemap><loc>%s</loc></sitemap><sitemap><loc>%s</loc></sitemap></sitemapindex>"
            .formatted(space, site.at("/map.xml"), site.at("/map.txt")));
    xml(
        "/map.xml",
        "<urlset %s><url><loc>%s</loc></url></urlset>".formatted(space, site.at("/listed")));
    site.text("/map.txt", site.at("/plain") + "\n");
    xml(
        "/feed",
        "<rss version='2.0'><channel><title>t</title><item><link>%s</link></item></channel></rss>"
            .formatted(site.at("/news")));
    crawl(settings(0, site.at("/")));
    assertEquals(List.of("/", "/listed", "/news", "/plain"), kept());
  }

  private void xml(String path, String body) {
    site.pages.put(
        path, new LoopbackSite.Page(200, "text/xml", "<?xml version='1.0'?>" + body, List.of()));
  }

  @Test
  void anAgentWithoutAContactIsRefused() {
    for (String agent :
        List.of("", "Bot", "Bot/1.0", "Bot/1.0 (friendly)", "B0t/1 (a@example.org)")) {
      assertThrows(ConfigException.class, () -> CrawlAgent.of(agent), agent);
    }
    assertEquals("my-bot", CrawlAgent.of("My-Bot/2 (mailto:me@example.org)").product());
  }
}
