package dev.imago.crawl;

import crawlercommons.domains.EffectiveTldFinder;
import dev.imago.fetch.WebAddress;
import java.util.Objects;

/// How far from a seed a crawl goes.
public enum CrawlScope {
  /// The seed's host and port.
  HOST,
  /// The seed's registered domain, by the Public Suffix List: `docs.example.co.uk` of
  /// `www.example.co.uk`.
  DOMAIN,
  /// The seed's host, below the folder that the seed lies in.
  PREFIX;

  boolean holds(WebAddress seed, WebAddress address) {
    boolean host = seed.authority().equals(address.authority());
    return switch (this) {
      case HOST -> host;
      case PREFIX ->
          host
              && address
                  .path()
                  .startsWith(seed.path().substring(0, seed.path().lastIndexOf('/') + 1));
      case DOMAIN -> host || sameDomain(seed, address);
    };
  }

  /// On other ports than the usual ones other programs answer.
  private static boolean sameDomain(WebAddress seed, WebAddress address) {
    boolean usual = address.authority().equals(address.host());
    String domain = EffectiveTldFinder.getAssignedDomain(seed.host(), true, true);
    return usual
        && domain != null
        && Objects.equals(domain, EffectiveTldFinder.getAssignedDomain(address.host(), true, true));
  }
}
