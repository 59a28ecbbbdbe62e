package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The hosts of a crawl: what waits for each, and whose turn is next. Thread-safe.
final class Hosts {
  private final CrawlSettings settings;
  private final Frontier frontier;
  private final Clock clock;
  private final CrawlListener listener;
  private final long begun;
  private final Map<String, HostQueue> hosts = new LinkedHashMap<>();
  private long claimed;
  private int working;
  private boolean stopped;

  Hosts(CrawlSettings settings, Frontier frontier, Clock clock, CrawlListener listener) {
    this.settings = settings;
    this.frontier = frontier;
    this.clock = clock;
    this.listener = listener;
    begun = clock.millis();
    claimed = frontier.asked();
  }

  synchronized HostQueue queue(WebAddress at) {
    return hosts.computeIfAbsent(
        at.authority(),
        host ->
            new HostQueue(
                host,
                lastAsked(host),
                frontier.heldUntil(host),
                (long) (settings.delaySeconds() * 1000)));
  }

  /// Of a host that was being asked when the crawl was killed, nobody knows when it heard of it:
  /// not later than now.
  private long lastAsked(String host) {
    long asked = frontier.lastAsked(host);
    return asked > begun - HostRequests.LONGEST_ANSWER.toMillis() && asked < begun ? begun : asked;
  }

  /// The host whose turn is next, once it is; null when all is done.
  synchronized @Nullable HostQueue next() throws InterruptedException {
    while (!stopped) {
      HostQueue first = null;
      for (HostQueue host : hosts.values()) {
        boolean waits = !host.busy && !host.pages.isEmpty() && mayClaim(host.pages.peekFirst());
        if (waits && (first == null || host.readyAt() < first.readyAt())) {
          first = host;
        }
      }
      if (first == null && working == 0) {
        return null;
      }
      long wait = first == null ? 1000 : first.readyAt() - clock.millis();
      if (first != null && wait <= 0) {
        first.busy = true;
        working++;
        return first;
      }
      if (first != null && working == 0) {
        listener.waiting(first.host, wait);
      }
      wait(Math.max(1, Math.min(wait, 60_000)));
    }
    return null;
  }

  /// A turn is over.
  synchronized void release(HostQueue host) {
    host.busy = false;
    working--;
    notifyAll();
  }

  /// No turn begins any more.
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /// A page waits for its host.
  ///
  /// @param first before the others: it was tried already, or leads to others
  synchronized void add(WebAddress at, PageState page, boolean first) {
    HostQueue host = queue(at);
    if (first) {
      host.pages.addFirst(page);
    } else {
      host.pages.addLast(page);
    }
    notifyAll();
  }

  /// What waits for a host, first of all; null for nothing.
  synchronized @Nullable PageState peek(HostQueue host) {
    return host.pages.peekFirst();
  }

  /// Takes what waits first, which is not asked for.
  synchronized void drop(HostQueue host) {
    var _ = host.pages.removeFirst();
  }

  /// Takes what waits first, to ask for it; false where maxPages were asked for.
  synchronized boolean claim(HostQueue host, PageState page) {
    if (!mayClaim(page)) {
      return false;
    }
    claimed += counts(page) ? 1 : 0;
    var _ = host.pages.removeFirst();
    return true;
  }

  private boolean mayClaim(@Nullable PageState page) {
    return page != null && (!counts(page) || claimed < settings.maxPages());
  }

  private static boolean counts(PageState page) {
    return page.via != PageState.Via.MAP && page.attempts == 0;
  }

  /// Pages that wait.
  synchronized long waiting() {
    return hosts.values().stream()
        .flatMap(host -> host.pages.stream())
        .filter(page -> page.via != PageState.Via.MAP)
        .count();
  }
}
