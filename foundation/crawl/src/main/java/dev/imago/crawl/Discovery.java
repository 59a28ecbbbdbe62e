package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import java.time.Clock;
import java.time.Year;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// What is taken up of all that is found: what is new, within the scope and no trap. Thread-safe.
final class Discovery {
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_MAPS = 200;

  private final CrawlSettings settings;
  private final Frontier frontier;
  private final Hosts hosts;
  private final Traps traps;
  private final List<WebAddress> roots;
  private final Map<String, Integer> maps = new HashMap<>();
  private final Map<String, Long> passedOver = new TreeMap<>();

  Discovery(CrawlSettings settings, Frontier frontier, Hosts hosts, Clock clock) {
    this.settings = settings;
    this.frontier = frontier;
    this.hosts = hosts;
    traps = new Traps(Year.now(clock));
    roots = new ArrayList<>(settings.seedAddresses());
  }

  /// What an earlier run has taken up, and what of it still waits.
  synchronized void remember(PageState page, WebAddress at) {
    if (page.depth == 0 && page.via == PageState.Via.REDIRECT) {
      roots.add(at);
    }
    var _ = traps.refusal(at); // counted
    maps.merge(at.origin(), page.via == PageState.Via.MAP ? 1 : 0, Integer::sum);
    if (page.step == PageState.Step.FOUND) {
      hosts.add(at, page, false);
    }
  }

  /// Takes up an address, if it is new and may be.
  synchronized void accept(WebAddress found, int depth, PageState.Via via, int hops) {
    WebAddress at = via == PageState.Via.SEED ? found.anonymous() : Traps.withoutSession(found);
    if (frontier.page(at.toString()) != null) {
      return;
    }
    boolean root = via == PageState.Via.REDIRECT && depth == 0;
    String why = "";
    if (depth > settings.maxDepth()) {
      why = "more than maxDepth = %d links from a seed".formatted(settings.maxDepth());
    } else if (!root && via != PageState.Via.MAP && !inScope(at)) {
      why = "out of scope";
    } else if (via == PageState.Via.MAP && maps.merge(at.origin(), 1, Integer::sum) > MOST_MAPS) {
      why = "more than %d sitemaps of a host".formatted(MOST_MAPS);
    } else if (hops > MOST_REDIRECTS) {
      why = "sent on more than %d times".formatted(MOST_REDIRECTS);
    } else if (frontier.size() >= Math.max(100_000, 50 * settings.maxPages())) {
      why = "more addresses than 50 × maxPages are known";
    } else {
      why = traps.refusal(at);
    }
    if (!why.isEmpty()) {
      passOver(why);
      return;
    }
    if (root) {
      roots.add(at);
    }
    var page = new PageState(at.toString(), depth, via, hops);
    frontier.found(page);
    PageState known = Objects.requireNonNull(frontier.page(page.address));
    hosts.add(at, known, via == PageState.Via.MAP);
  }

  private boolean inScope(WebAddress at) {
    return roots.stream().anyMatch(root -> settings.scope().holds(root, at));
  }

  synchronized void passOver(String why) {
    passedOver.merge(why, 1L, Long::sum);
  }

  synchronized Map<String, Long> passedOver() {
    return new TreeMap<>(passedOver);
  }
}
