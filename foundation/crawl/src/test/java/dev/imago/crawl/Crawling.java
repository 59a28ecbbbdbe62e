package dev.imago.crawl;

import dev.imago.sources.Compression;
import dev.imago.sources.GzipMembers;
import dev.imago.sources.WarcReader;
import dev.imago.sources.WebRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Sites on loopback addresses, and a folder to crawl them into.
abstract class Crawling {
  static final String AGENT = "TestBot/1.0 (+https://example.org/bot)";

  @TempDir Path folder;
  final List<LoopbackSite> sites = new ArrayList<>();
  LoopbackSite site;

  @BeforeEach
  void start() throws IOException {
    site = site("127.0.0.1");
  }

  LoopbackSite site(String address) throws IOException {
    var made = new LoopbackSite(address);
    sites.add(made);
    return made;
  }

  @AfterEach
  void stop() {
    sites.forEach(LoopbackSite::close);
  }

  static CrawlSettings settings(int delayMillis, String... seeds) {
    var d = CrawlSettings.defaults();
    return new CrawlSettings(
        List.of(seeds),
        AGENT,
        CrawlScope.HOST,
        d.maxPages(),
        d.maxDepth(),
        d.maxPageBytes(),
        delayMillis / 1000.0,
        8,
        true,
        List.of("127.0.0.0/24"));
  }

  static final CrawlListener SILENT =
      new CrawlListener() {
        @Override
        public void page(String address) {}

        @Override
        public void note(String line) {}
      };

  CrawlSummary crawl(CrawlSettings settings) throws InterruptedException {
    return new Crawler(settings, folder, Clock.systemUTC(), SILENT).run(CrawlStart.GO_ON);
  }

  List<WebRecord> records() throws IOException {
    var records = new ArrayList<WebRecord>();
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(folder.resolve(WarcWriter.name(0))))) {
      var members = (GzipMembers) Compression.GZIP.open(in);
      var reader = new WarcReader(members, members, 1 << 20);
      for (WarcReader.Item item = reader.next(); item != null; item = reader.next()) {
        records.add(((WarcReader.Item.Found) item).record());
      }
    }
    return records;
  }

  List<String> kept() throws IOException {
    return records().stream()
        .filter(r -> r.type().equals("response"))
        .map(r -> r.address().replaceFirst("http://[^/]*", ""))
        .sorted()
        .toList();
  }
}
