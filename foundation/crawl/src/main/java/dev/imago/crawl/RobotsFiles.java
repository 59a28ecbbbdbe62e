package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The rules of origins, asked for when they are needed first: robots.txt in one turn of the host,
/// tdmrep.json in the next. Thread-safe, a host at a time.
final class RobotsFiles {
  private static final long ROBOTS_MILLIS = Duration.ofDays(1).toMillis();
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_ATTEMPTS = 3;

  private final Frontier frontier;
  private final HostRequests requests;
  private final Discovery discovery;
  private final Clock clock;
  private final CrawlListener listener;
  private final String product;
  private final boolean sitemaps;
  private final Map<String, Known> rules = new ConcurrentHashMap<>();
  private final Map<String, Frontier.RobotsAnswer> half = new ConcurrentHashMap<>();
  private final Map<String, Integer> robotsAttempts = new ConcurrentHashMap<>();

  /// @param at when they were asked for, in milliseconds since 1970
  private record Known(RobotsRules rules, long at) {}

  /// @param product the agent's, in small letters
  /// @param sitemaps whether those that it names are taken up
  RobotsFiles(
      Frontier frontier,
      HostRequests requests,
      Discovery discovery,
      Clock clock,
      CrawlListener listener,
      String product,
      boolean sitemaps) {
    this.frontier = frontier;
    this.requests = requests;
    this.discovery = discovery;
    this.clock = clock;
    this.listener = listener;
    this.product = product;
    this.sitemaps = sitemaps;
  }

  /// The rules of an origin; null where the turn went into asking for them.
  @Nullable RobotsRules rules(HostQueue host, WebAddress at) throws InterruptedException {
    String origin = at.origin();
    Known known = rules.get(origin);
    if (known != null && holds(known.at())) {
      return known.rules();
    }
    Frontier.RobotsAnswer kept = frontier.robots(origin);
    if (kept != null) {
      RobotsRules read = RobotsRules.of(origin, kept, product);
      host.delayMillis = Math.max(host.delayMillis, read.delayMillis());
      boolean holds = holds(kept.at());
      if (holds) {
        rules.put(origin, new Known(read, kept.at()));
      }
      if (host.readyAt() > clock.millis()) {
        return null; // after a kill the delay is known only now
      } else if (holds) {
        return read;
      }
    }
    Frontier.RobotsAnswer asked = half.remove(origin);
    if (asked == null) {
      asked = askRobots(at);
      if (asked == null) {
        return null;
      }
      host.delayMillis =
          Math.max(host.delayMillis, RobotsRules.of(origin, asked, product).delayMillis());
      if (asked.status() >= 200
          && asked.status() < 500
          && !RobotsRules.of(origin, asked, product).closed()) {
        half.put(origin, asked);
        return null;
      }
    } else {
      asked =
          new Frontier.RobotsAnswer(asked.status(), asked.body(), askMined(at, asked), asked.at());
    }
    frontier.robots(origin, asked);
    RobotsRules read = RobotsRules.of(origin, asked, product);
    rules.put(origin, new Known(read, asked.at()));
    if (sitemaps && !read.closed()) {
      List<String> named = read.sitemaps();
      for (String map : named.isEmpty() ? List.of(origin + "/sitemap.xml") : named) {
        WebAddress address = WebAddress.of(map, at);
        if (address != null && address.authority().equals(at.authority())) {
          discovery.accept(address, 0, PageState.Via.MAP, 0);
        }
      }
    }
    return null;
  }

  private boolean holds(long at) {
    return at > clock.millis() - ROBOTS_MILLIS;
  }

  /// @return null where it asks to wait, and is asked again
  private Frontier.@Nullable RobotsAnswer askRobots(WebAddress of) throws InterruptedException {
    WebAddress at = Objects.requireNonNull(WebAddress.of(of.origin() + "/robots.txt"));
    int status = 0;
    String body = "";
    try {
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        Fetched fetched = requests.request(at, Map.of(), null, RobotsRules.MOST_BYTES);
        status = fetched.answer().status();
        if (status / 100 == 2 && fetched.truncated().equals("disconnect")) {
          throw new EOFException("it breaks off"); // what it closes may be what is missing
        }
        boolean busy = status == 429 || status >= 500;
        int attempts = busy ? robotsAttempts.merge(of.origin(), 1, Integer::sum) : 0;
        if (busy && attempts < MOST_ATTEMPTS && fetched.retryAfterMillis() > 0) {
          requests.hold(at, fetched.retryAfterMillis());
          return null;
        }
        status = status == 429 ? 503 : status; // it is there, and tells nothing
        body = new String(fetched.plain(RobotsRules.MOST_BYTES), StandardCharsets.UTF_8);
        WebAddress next =
            fetched.answer().location().isEmpty()
                ? null
                : WebAddress.of(fetched.answer().location(), at);
        if (next == null) {
          break;
        }
        at = next.anonymous();
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      listener.note("%s cannot be asked for: %s".formatted(at, e.getMessage()));
      status = 0;
    }
    // Sent on once too often is as good as none there (RFC 9309, 2.3.1.2).
    status = status >= 300 && status < 400 ? 404 : status;
    return new Frontier.RobotsAnswer(status, status / 100 == 2 ? body : "", "", clock.millis());
  }

  private String askMined(WebAddress of, Frontier.RobotsAnswer robots) throws InterruptedException {
    WebAddress at = Objects.requireNonNull(WebAddress.of(of.origin() + "/.well-known/tdmrep.json"));
    if (!RobotsRules.of(of.origin(), robots, product).allows(at)) {
      return "";
    }
    try {
      Fetched fetched = requests.request(at, Map.of(), null, RobotsRules.MOST_BYTES);
      return fetched.answer().status() == 200
          ? new String(fetched.plain(RobotsRules.MOST_BYTES), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return "";
    }
  }
}
