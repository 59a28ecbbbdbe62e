package dev.imago.crawl;

import dev.imago.fetch.AddressRefusedException;
import dev.imago.fetch.WebAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/// Asks for pages, and decides what becomes of what they answer. Thread-safe.
final class PageVisits {
  private static final int MOST_ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MILLIS = 30_000;

  private final Frontier frontier;
  private final PageArchive archive;
  private final Hosts hosts;
  private final HostRequests requests;
  private final Discovery discovery;
  private final Clock clock;
  private final CrawlListener listener;
  private final String product;
  private final int maxPageBytes;
  private final Map<String, PageArchive.Original> originals = new HashMap<>();

  PageVisits(
      Frontier frontier,
      PageArchive archive,
      Hosts hosts,
      HostRequests requests,
      Discovery discovery,
      Clock clock,
      CrawlListener listener,
      String product,
      int maxPageBytes) {
    this.frontier = frontier;
    this.archive = archive;
    this.hosts = hosts;
    this.requests = requests;
    this.discovery = discovery;
    this.clock = clock;
    this.listener = listener;
    this.product = product;
    this.maxPageBytes = maxPageBytes;
  }

  /// A page that is kept, which others may repeat.
  synchronized void remember(PageState page, WebAddress at) {
    PageState.Copy copy = page.copy;
    if (copy != null) {
      originals.putIfAbsent(
          at.origin() + copy.digest(), new PageArchive.Original(page.address, copy));
    }
  }

  /// Asks for a page or a sitemap, and keeps what may be kept.
  void visit(PageState page, WebAddress at) throws InterruptedException {
    var conditions = new LinkedHashMap<String, String>();
    PageState.Copy copy = page.copy;
    if (copy != null && !copy.etag().isEmpty()) {
      conditions.put("If-None-Match", copy.etag());
    }
    if (copy != null && !copy.modified().isEmpty()) {
      conditions.put("If-Modified-Since", copy.modified());
    }
    boolean map = page.via == PageState.Via.MAP;
    Fetched fetched;
    try {
      int most = map ? Sitemaps.MOST_BYTES : maxPageBytes;
      fetched = requests.request(at, conditions, page, most);
    } catch (AddressRefusedException e) {
      frontier.refused(page, 0, "an address that is not public");
      listener.note(String.valueOf(e.getMessage()));
      return;
    } catch (UnknownHostException e) {
      frontier.refused(page, 0, "a host that is not known");
      return;
    } catch (IOException e) {
      if (Thread.interrupted()) { // what it was asked for is in doubt
        throw new InterruptedException();
      }
      if (page.step != PageState.Step.ASKED) { // no connection came about: that is a try as well
        frontier.asked(at.authority(), page, clock.millis());
      }
      again(page, at, 0, "out of reach", 0);
      return;
    }
    if (!map) {
      listener.page(page.address);
    }
    int status = fetched.answer().status();
    if (status == 429 || status >= 500) {
      again(page, at, status, "status " + status, fetched.retryAfterMillis());
    } else if (fetched.truncated().equals("disconnect") && page.attempts < MOST_ATTEMPTS) {
      again(page, at, status, "broken off", 0);
    } else if (map) {
      sitemap(page, fetched);
    } else {
      answered(page, fetched);
    }
  }

  /// A page that did not come: later, or never.
  private void again(PageState page, WebAddress at, int status, String why, long afterMillis) {
    if (page.attempts >= MOST_ATTEMPTS) {
      if (afterMillis > 0) {
        requests.hold(at, afterMillis);
      }
      frontier.refused(page, status, why);
      return;
    }
    requests.hold(at, afterMillis > 0 ? afterMillis : FIRST_PAUSE_MILLIS << page.attempts - 1);
    frontier.again(page);
    hosts.add(at, page, true);
  }

  private void sitemap(PageState page, Fetched fetched) {
    frontier.refused(page, fetched.answer().status(), "a sitemap, which is no page");
    WebAddress next = WebAddress.of(fetched.answer().location(), fetched.address());
    if (!fetched.answer().location().isEmpty() && next != null) {
      discovery.accept(next, page.depth, PageState.Via.MAP, page.hops + 1);
    } else if (fetched.answer().status() == 200) {
      listed(fetched, page, PageState.Via.SITEMAP);
    }
  }

  private void listed(Fetched fetched, PageState page, PageState.Via via) {
    Sitemaps read = Sitemaps.of(fetched.address().toString(), fetched.plain(Sitemaps.MOST_BYTES));
    for (String map : read.maps()) {
      WebAddress at = WebAddress.of(map);
      if (at != null && at.authority().equals(fetched.address().authority())) {
        discovery.accept(at, page.depth, PageState.Via.MAP, page.hops + 1);
      }
    }
    for (String each : read.pages()) {
      WebAddress at = WebAddress.of(each);
      if (at != null && at.user().isEmpty() && PageLinks.mayBePage(at)) {
        discovery.accept(at, page.depth + 1, via, 0);
      }
    }
  }

  private void answered(PageState page, Fetched fetched) {
    int status = fetched.answer().status();
    String location = fetched.answer().location();
    if (!location.isEmpty()) {
      archive.refuse(page, fetched, "sent on elsewhere");
      WebAddress next = WebAddress.of(location, fetched.address());
      if (next != null && next.user().isEmpty()) {
        // Where a seed is sent to is meant by it.
        discovery.accept(next, page.depth, PageState.Via.REDIRECT, page.hops + 1);
      }
      return;
    }
    PageState.Copy copy = page.copy;
    if (status == 304 && copy != null) {
      archive.keep(page, fetched, new PageArchive.Original(page.address, copy));
      return;
    }
    if (status != 200) {
      archive.refuse(page, fetched, "status " + status);
      return;
    }
    if (!Fetched.wanted(fetched.answer())) {
      archive.refuse(page, fetched, "media type " + fetched.answer().mediaType());
      return;
    }
    content(page, fetched);
  }

  private void content(PageState page, Fetched fetched) {
    Refusals refusals = Refusals.of(fetched.answer(), product, clock.instant());
    PageLinks links = new PageLinks(List.of(), List.of());
    if (fetched.isHtml()) {
      Document html = parsed(fetched);
      refusals = refusals.and(html, product, clock.instant());
      links = PageLinks.of(html, fetched.address());
    }
    String key = fetched.address().origin() + WarcWriter.digest(fetched.body());
    PageArchive.Original same;
    synchronized (this) {
      same = originals.get(key);
    }
    boolean repeats = same != null && !same.address().equals(page.address);
    if (!refusals.keep().isEmpty()) {
      archive.refuse(page, fetched, refusals.keep());
    } else if (fetched.isFeed()) {
      archive.refuse(page, fetched, "a feed, which is no page");
    } else {
      archive.keep(page, fetched, same);
      PageState.Copy copy = page.copy;
      if (copy != null) {
        synchronized (this) {
          originals.putIfAbsent(key, new PageArchive.Original(page.address, copy));
        }
      }
    }
    if (!refusals.follow()) {
      discovery.passOver("nofollow");
    } else if (repeats) {
      discovery.passOver("links of a page that repeats another"); // the way into what has no end
    } else if (fetched.isFeed()) {
      listed(fetched, page, PageState.Via.FEED);
    } else {
      links.pages().forEach(l -> discovery.accept(l, page.depth + 1, PageState.Via.LINK, 0));
      links.feeds().forEach(l -> discovery.accept(l, page.depth + 1, PageState.Via.FEED, 0));
    }
  }

  private Document parsed(Fetched fetched) {
    byte[] plain = fetched.plain(8 * Math.min(maxPageBytes, 1 << 27));
    try {
      return Jsoup.parse(
          new ByteArrayInputStream(plain), fetched.charset(), fetched.address().toString());
    } catch (IOException e) {
      return Document.createShell(fetched.address().toString());
    }
  }
}
