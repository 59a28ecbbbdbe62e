package dev.imago.crawl;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.fetch.AddressRules;
import dev.imago.fetch.WebAddress;
import java.util.List;
import java.util.Objects;

/// What to crawl, and how.
///
/// @param seeds addresses to begin at; sitemaps and feeds are read as such
/// @param agent what is sent as User-Agent: a name, a version and a contact
/// @param scope how far from a seed
/// @param maxPages the most pages that are asked for; robots.txt and sitemaps do not count
/// @param maxDepth the most links from a seed
/// @param maxPageBytes the most that is kept of a page, as it is sent
/// @param delaySeconds the least time between two requests to a host; its Crawl-delay where that is
///   longer
/// @param connections the most hosts that are asked at once, one connection each
/// @param sitemaps whether sitemaps are read: those that robots.txt names, else /sitemap.xml
/// @param allow machines outside the public network that may be connected to: [AddressRules]
public record CrawlSettings(
    List<String> seeds,
    String agent,
    CrawlScope scope,
    long maxPages,
    int maxDepth,
    int maxPageBytes,
    double delaySeconds,
    int connections,
    boolean sitemaps,
    List<String> allow) {
  public CrawlSettings {
    seeds = List.copyOf(seeds);
    allow = List.copyOf(allow);
    Bounds.whole("maxPages", maxPages, 1, 10_000_000, "1,000 is a beginning");
    Bounds.whole("maxDepth", maxDepth, 0, 1000, "5 is usual");
    Bounds.whole("maxPageBytes", maxPageBytes, 1024, 1 << 30, "10 MB hold what people read");
    Bounds.number("delaySeconds", delaySeconds, 0, 86_400, "1 is polite");
    Bounds.whole("connections", connections, 1, 1024, "32 are usual");
  }

  public static CrawlSettings defaults() {
    return new CrawlSettings(
        List.of(), "", CrawlScope.HOST, 1000, 5, 10 << 20, 1, 32, true, List.of());
  }

  /// Refuses what no crawl can begin with.
  ///
  /// @throws ConfigException for no seed, one that is no address, no contact, or machines that are
  ///   none
  public void check() {
    if (seeds.isEmpty()) {
      throw new ConfigException("no address to begin at is named; give one or more");
    }
    seeds.forEach(CrawlSettings::seed);
    CrawlAgent.of(agent);
    AddressRules.allowing(allow);
  }

  static WebAddress seed(String written) {
    WebAddress seed = WebAddress.of(written);
    if (seed == null || !seed.user().isEmpty()) {
      throw new ConfigException(
          "«%s» is no address to begin at; give one as https://example.org/, without a user"
              .formatted(written));
    }
    return seed;
  }

  List<WebAddress> seedAddresses() {
    return seeds.stream().map(seed -> Objects.requireNonNull(seed(seed))).toList();
  }
}
