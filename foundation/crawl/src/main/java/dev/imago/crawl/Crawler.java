package dev.imago.crawl;

import dev.imago.core.ConfigException;
import dev.imago.fetch.AddressRefusedException;
import dev.imago.fetch.AddressRules;
import dev.imago.fetch.HostLookup;
import dev.imago.fetch.WebAddress;
import dev.imago.fetch.WebAnswer;
import dev.imago.fetch.WebClient;
import dev.imago.fetch.WebRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

// Past 400 lines: one turn of a host, from its queue to the archive, reads in one piece; what each
// step
// decides by stands in files of its own.

/// Crawls: asks host after host for what it has, one request a turn, as their owners allow.
///
/// A turn of a host is one request: for robots.txt, then tdmrep.json, then a page or a sitemap. A
/// host's next turn comes when its delay is over and whatever it asked to wait for. All turns of a
/// host follow one another.
public final class Crawler {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);
  private static final long ROBOTS_MILLIS = Duration.ofDays(1).toMillis();
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_ATTEMPTS = 3;
  private static final int MOST_MAPS = 200;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 30_000;
  private static final String ACCEPT =
      "text/html,application/xhtml+xml,text/plain;q=0.9,application/pdf;q=0.8,*/*;q=0.5";

  private final CrawlSettings settings;
  private final CrawlAgent agent;
  private final Path folder;
  private final Clock clock;
  private final CrawlListener listener;
  private final WebClient client;
  private final Traps traps;
  private final List<WebAddress> roots;
  private final Map<String, HostQueue> hosts = new LinkedHashMap<>();
  private final Map<String, RobotsRules> rules = new ConcurrentHashMap<>();
  private final Map<String, Frontier.RobotsAnswer> half = new ConcurrentHashMap<>();
  private final Map<String, Integer> robotsAttempts = new ConcurrentHashMap<>();
  private final Map<String, PageArchive.Original> originals = new HashMap<>();
  private final Map<String, Long> passedOver = new TreeMap<>();
  private final Map<String, Integer> maps = new HashMap<>();
  private final long begun;
  private long claimed;
  private int working;
  private boolean stopped;
  private @Nullable Throwable failure;

  /// @param folder of this crawl alone; what an earlier run of it left there is gone on from
  /// @throws ConfigException for settings that no crawl can begin with
  public Crawler(CrawlSettings settings, Path folder, Clock clock, CrawlListener listener) {
    settings.check();
    this.settings = settings;
    this.folder = folder;
    this.clock = clock;
    this.listener = listener;
    agent = CrawlAgent.of(settings.agent());
    client =
        new WebClient(
            AddressRules.allowing(settings.allow()), HostLookup.SYSTEM, PATIENCE, LONGEST_ANSWER);
    traps = new Traps(Year.now(clock));
    begun = clock.millis();
    roots = new ArrayList<>(settings.seedAddresses());
  }

  /// Crawls until nothing is left, maxPages are asked for, or the thread is interrupted; then all
  /// that came is on disk.
  ///
  /// @param again begins anew a crawl that has ended: its pages are asked whether they have changed
  public CrawlSummary run(boolean again) throws InterruptedException {
    try (Frontier frontier = new Frontier(folder);
        PageArchive archive =
            new PageArchive(frontier, frontier.archive(folder, settings.agent()))) {
      begin(frontier, again);
      work(frontier, archive);
      return finish(frontier);
    } catch (IOException e) {
      throw dev.imago.core.AtomicFile.failure("write", folder, e);
    }
  }

  private void begin(Frontier frontier, boolean again) {
    String about =
        "%s %s maxDepth=%d %s"
            .formatted(agent.product(), settings.scope(), settings.maxDepth(), settings.seeds());
    if (frontier.pass() == 0) {
      frontier.begun(1, about);
    } else if (!frontier.settings().equals(about)) {
      throw new ConfigException(
          "%s holds another crawl (%s; this one is %s); name another folder"
              .formatted(folder, frontier.settings(), about));
    } else if (again && frontier.ended()) {
      frontier.begun(frontier.pass() + 1, about);
    }
    for (PageState page : frontier.pages()) {
      WebAddress at = Objects.requireNonNull(WebAddress.of(page.address), page.address);
      if (page.depth == 0 && page.via == PageState.Via.REDIRECT) {
        roots.add(at);
      }
      var _ = traps.refusal(at); // counted
      maps.merge(at.origin(), page.via == PageState.Via.MAP ? 1 : 0, Integer::sum);
      PageState.Copy copy = page.copy;
      if (copy != null) {
        originals.putIfAbsent(
            at.origin() + copy.digest(), new PageArchive.Original(page.address, copy));
      }
      if (page.step == PageState.Step.FOUND) {
        queue(frontier, at).pages.add(page);
      }
    }
    claimed = frontier.asked();
    for (WebAddress seed : settings.seedAddresses()) {
      accept(frontier, seed, 0, PageState.Via.SEED, 0);
    }
  }

  private CrawlSummary finish(Frontier frontier) {
    long waiting;
    synchronized (this) {
      waiting =
          hosts.values().stream()
              .flatMap(host -> host.pages.stream())
              .filter(page -> page.via != PageState.Via.MAP)
              .count();
    }
    if (waiting == 0 && !frontier.ended()) {
      frontier.end();
    }
    return new CrawlSummary(
        frontier.asked(),
        frontier.kept(),
        frontier.unchanged(),
        waiting,
        frontier.inDoubt(),
        frontier.reasons(),
        passedOver);
  }

  private void work(Frontier frontier, PageArchive archive) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    try {
      for (int i = 0; i < settings.connections(); i++) {
        threads.add(Thread.ofVirtual().start(() -> worker(frontier, archive)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      // Those that are asking come to an end: what was asked for is worth keeping.
      stop(null);
      for (Thread thread : threads) {
        if (!thread.join(LAST_ANSWERS)) {
          thread.interrupt();
          var _ = thread.join(LAST_ANSWERS);
        }
      }
    }
    Throwable why;
    synchronized (this) {
      why = failure;
    }
    if (why instanceof RuntimeException e) {
      throw e;
    } else if (why instanceof Error e) {
      throw e;
    }
  }

  private void worker(Frontier frontier, PageArchive archive) {
    try {
      for (HostQueue host = next(); host != null; host = next()) {
        try {
          turn(frontier, archive, host);
        } finally {
          release(host);
        }
      }
    } catch (InterruptedException e) {
      stop(null);
    } catch (RuntimeException | Error e) {
      stop(e);
    }
  }

  private synchronized void stop(@Nullable Throwable why) {
    failure = failure == null ? why : failure;
    stopped = true;
    notifyAll();
  }

  private synchronized void release(HostQueue host) {
    host.busy = false;
    working--;
    notifyAll();
  }

  /// The host whose turn is next, once it is; null when all is done.
  private synchronized @Nullable HostQueue next() throws InterruptedException {
    while (!stopped) {
      HostQueue first = null;
      for (HostQueue host : hosts.values()) {
        boolean waits =
            !host.busy
                && !host.pages.isEmpty()
                && (claimed < settings.maxPages() || host.pages.peekFirst().attempts > 0);
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

  private synchronized HostQueue queue(Frontier frontier, WebAddress at) {
    return hosts.computeIfAbsent(
        at.authority(),
        host ->
            new HostQueue(
                host,
                lastAsked(frontier, host),
                frontier.heldUntil(host),
                (long) (settings.delaySeconds() * 1000)));
  }

  /// Of a host that was being asked when the crawl was killed, nobody knows when it heard of it:
  /// not later than now.
  private long lastAsked(Frontier frontier, String host) {
    long asked = frontier.lastAsked(host);
    return asked > begun - LONGEST_ANSWER.toMillis() && asked < begun ? begun : asked;
  }

  private synchronized void passOver(String why) {
    passedOver.merge(why, 1L, Long::sum);
  }

  /// Takes up an address, if it is new and may be.
  private synchronized void accept(
      Frontier frontier, WebAddress found, int depth, PageState.Via via, int hops) {
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
    HostQueue queue = queue(frontier, at);
    if (via == PageState.Via.MAP) {
      queue.pages.addFirst(known);
    } else {
      queue.pages.addLast(known);
    }
    notifyAll();
  }

  private boolean inScope(WebAddress at) {
    return roots.stream().anyMatch(root -> settings.scope().holds(root, at));
  }

  /// One request of a host at the most.
  private void turn(Frontier frontier, PageArchive archive, HostQueue host)
      throws InterruptedException {
    while (true) {
      PageState page;
      synchronized (this) {
        page = host.pages.peekFirst();
      }
      if (page == null) {
        return;
      }
      WebAddress at = Objects.requireNonNull(WebAddress.of(page.address), page.address);
      RobotsRules allowed = rules(frontier, host, at);
      if (allowed == null) {
        return; // that was the turn's request
      }
      boolean map = page.via == PageState.Via.MAP;
      String refusal =
          map ? allowed.allows(at) ? "" : "a sitemap that robots.txt closes" : allowed.refusal(at);
      synchronized (this) {
        if (refusal.isEmpty() && !map && page.attempts == 0) {
          if (claimed >= settings.maxPages()) {
            return;
          }
          claimed++;
        }
        var _ = host.pages.removeFirst();
      }
      if (refusal.isEmpty()) {
        page(frontier, archive, host, page, at);
        return;
      }
      frontier.refused(page, 0, refusal);
    }
  }

  /// The rules of an origin; null where the turn went into asking for them.
  private @Nullable RobotsRules rules(Frontier frontier, HostQueue host, WebAddress at)
      throws InterruptedException {
    String origin = at.origin();
    RobotsRules known = rules.get(origin);
    if (known != null) {
      return known;
    }
    Frontier.RobotsAnswer kept = frontier.robots(origin);
    if (kept != null) {
      RobotsRules read = RobotsRules.of(origin, kept, agent.product());
      host.delayMillis = Math.max(host.delayMillis, read.delayMillis());
      boolean holds = kept.at() > clock.millis() - ROBOTS_MILLIS;
      if (holds) {
        rules.put(origin, read);
      }
      if (host.readyAt() > clock.millis()) {
        return null; // after a kill the delay is known only now
      } else if (holds) {
        return read;
      }
    }
    Frontier.RobotsAnswer asked = half.get(origin);
    if (asked == null) {
      asked = askRobots(frontier, at);
      if (asked == null) {
        return null;
      }
      host.delayMillis =
          Math.max(host.delayMillis, RobotsRules.of(origin, asked, agent.product()).delayMillis());
      if (asked.status() >= 200
          && asked.status() < 500
          && !RobotsRules.of(origin, asked, agent.product()).closed()) {
        half.put(origin, asked);
        return null;
      }
    } else {
      asked =
          new Frontier.RobotsAnswer(
              asked.status(), asked.body(), askMined(frontier, at, asked), asked.at());
    }
    frontier.robots(origin, asked);
    RobotsRules read = RobotsRules.of(origin, asked, agent.product());
    rules.put(origin, read);
    if (settings.sitemaps() && !read.closed()) {
      List<String> named = read.sitemaps();
      for (String map : named.isEmpty() ? List.of(origin + "/sitemap.xml") : named) {
        WebAddress address = WebAddress.of(map, at);
        if (address != null && address.authority().equals(at.authority())) {
          accept(frontier, address, 0, PageState.Via.MAP, 0);
        }
      }
    }
    return null;
  }

  /// @return null where it asks to wait, and is asked again
  private Frontier.@Nullable RobotsAnswer askRobots(Frontier frontier, WebAddress of)
      throws InterruptedException {
    WebAddress at = Objects.requireNonNull(WebAddress.of(of.origin() + "/robots.txt"));
    int status = 0;
    String body = "";
    try {
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        Fetched fetched = request(frontier, at, Map.of(), null, RobotsRules.MOST_BYTES);
        status = fetched.answer().status();
        boolean busy = status == 429 || status >= 500;
        int attempts = busy ? robotsAttempts.merge(of.origin(), 1, Integer::sum) : 0;
        if (busy && attempts < MOST_ATTEMPTS && fetched.retryAfterMillis() > 0) {
          hold(frontier, at, fetched.retryAfterMillis());
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

  private String askMined(Frontier frontier, WebAddress of, Frontier.RobotsAnswer robots)
      throws InterruptedException {
    WebAddress at = Objects.requireNonNull(WebAddress.of(of.origin() + "/.well-known/tdmrep.json"));
    if (!RobotsRules.of(of.origin(), robots, agent.product()).allows(at)) {
      return "";
    }
    try {
      Fetched fetched = request(frontier, at, Map.of(), null, RobotsRules.MOST_BYTES);
      return fetched.answer().status() == 200
          ? new String(fetched.plain(RobotsRules.MOST_BYTES), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      return "";
    }
  }

  private void hold(Frontier frontier, WebAddress at, long millis) {
    HostQueue host = queue(frontier, at);
    host.heldUntil = Math.max(host.heldUntil, clock.millis() + millis);
    frontier.hold(host.host, host.heldUntil);
  }

  /// Asks for an address when its host may be asked, on its only connection.
  private Fetched request(
      Frontier frontier,
      WebAddress at,
      Map<String, String> more,
      @Nullable PageState page,
      int most)
      throws IOException, InterruptedException {
    HostQueue host = queue(frontier, at);
    host.line.lockInterruptibly();
    try {
      for (long wait = host.readyAt() - clock.millis();
          wait > 0;
          wait = host.readyAt() - clock.millis()) {
        Thread.sleep(wait);
      }
      var headers = new LinkedHashMap<String, String>();
      headers.put("User-Agent", agent.line());
      headers.put("Accept", ACCEPT);
      headers.put("Accept-Encoding", "gzip");
      headers.putAll(more);
      WebRequest request = WebRequest.get(at, headers);
      frontier.asked(host.host, page, clock.millis());
      Instant date = clock.instant();
      try (WebAnswer answer = client.send(request)) {
        byte[] body = new byte[0];
        String truncated = "";
        // Of what is no page, whatever it is called is read: a rule must not go unread for its
        // type.
        boolean rules = page == null || page.via == PageState.Via.MAP;
        if (rules || Fetched.wanted(answer)) {
          var read = new java.io.ByteArrayOutputStream();
          try {
            byte[] piece = new byte[1 << 14];
            int n = answer.body().read(piece);
            while (n >= 0 && read.size() < most) {
              read.write(piece, 0, Math.min(n, most - read.size()));
              n = answer.body().read(piece);
            }
            truncated = n < 0 ? "" : "length";
          } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
              throw e;
            }
            truncated = "disconnect";
          }
          body = read.toByteArray();
        }
        long millis = Duration.between(date, clock.instant()).toMillis();
        return new Fetched(at, request, answer, body, truncated, date, millis);
      } finally {
        host.askedAt = clock.millis();
      }
    } finally {
      host.line.unlock();
    }
  }

  private void page(
      Frontier frontier, PageArchive archive, HostQueue host, PageState page, WebAddress at)
      throws InterruptedException {
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
      int most = map ? Sitemaps.MOST_BYTES : settings.maxPageBytes();
      fetched = request(frontier, at, conditions, page, most);
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
      again(frontier, host, page, at, 0, "out of reach", 0);
      return;
    }
    if (!map) {
      listener.page(page.address);
    }
    int status = fetched.answer().status();
    if (status == 429 || status >= 500) {
      again(frontier, host, page, at, status, "status " + status, fetched.retryAfterMillis());
    } else if (fetched.truncated().equals("disconnect") && page.attempts < MOST_ATTEMPTS) {
      again(frontier, host, page, at, status, "broken off", 0);
    } else if (map) {
      sitemap(frontier, page, fetched);
    } else {
      answered(frontier, archive, page, fetched);
    }
  }

  /// A page that did not come: later, or never.
  private void again(
      Frontier frontier,
      HostQueue host,
      PageState page,
      WebAddress at,
      int status,
      String why,
      long afterMillis) {
    if (page.attempts >= MOST_ATTEMPTS) {
      if (afterMillis > 0) {
        hold(frontier, at, afterMillis);
      }
      frontier.refused(page, status, why);
      return;
    }
    hold(frontier, at, afterMillis > 0 ? afterMillis : FIRST_PAUSE_MILLIS << page.attempts - 1);
    frontier.again(page);
    synchronized (this) {
      host.pages.addFirst(page);
    }
  }

  private void sitemap(Frontier frontier, PageState page, Fetched fetched) {
    frontier.refused(page, fetched.answer().status(), "a sitemap, which is no page");
    WebAddress next = WebAddress.of(fetched.answer().location(), fetched.address());
    if (!fetched.answer().location().isEmpty() && next != null) {
      accept(frontier, next, page.depth, PageState.Via.MAP, page.hops + 1);
    } else if (fetched.answer().status() == 200) {
      listed(frontier, fetched, page, PageState.Via.SITEMAP);
    }
  }

  private void listed(Frontier frontier, Fetched fetched, PageState page, PageState.Via via) {
    Sitemaps read = Sitemaps.of(fetched.address().toString(), fetched.plain(Sitemaps.MOST_BYTES));
    for (String map : read.maps()) {
      WebAddress at = WebAddress.of(map);
      if (at != null && at.authority().equals(fetched.address().authority())) {
        accept(frontier, at, page.depth, PageState.Via.MAP, page.hops + 1);
      }
    }
    for (String each : read.pages()) {
      WebAddress at = WebAddress.of(each);
      if (at != null && at.user().isEmpty() && PageLinks.mayBePage(at)) {
        accept(frontier, at, page.depth + 1, via, 0);
      }
    }
  }

  private void answered(Frontier frontier, PageArchive archive, PageState page, Fetched fetched) {
    int status = fetched.answer().status();
    String location = fetched.answer().location();
    if (!location.isEmpty()) {
      archive.refuse(page, fetched, "sent on elsewhere");
      WebAddress next = WebAddress.of(location, fetched.address());
      if (next != null && next.user().isEmpty()) {
        // Where a seed is sent to is meant by it.
        accept(frontier, next, page.depth, PageState.Via.REDIRECT, page.hops + 1);
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
    content(frontier, archive, page, fetched);
  }

  private void content(Frontier frontier, PageArchive archive, PageState page, Fetched fetched) {
    Refusals refusals = Refusals.of(fetched.answer(), agent.product(), clock.instant());
    PageLinks links = new PageLinks(List.of(), List.of());
    if (fetched.isHtml()) {
      Document html = parsed(fetched);
      refusals = refusals.and(html, agent.product(), clock.instant());
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
      passOver("nofollow");
    } else if (repeats) {
      passOver("links of a page that repeats another"); // the way into what has no end
    } else if (fetched.isFeed()) {
      listed(frontier, fetched, page, PageState.Via.FEED);
    } else {
      links.pages().forEach(l -> accept(frontier, l, page.depth + 1, PageState.Via.LINK, 0));
      links.feeds().forEach(l -> accept(frontier, l, page.depth + 1, PageState.Via.FEED, 0));
    }
  }

  private Document parsed(Fetched fetched) {
    byte[] plain = fetched.plain(8 * Math.min(settings.maxPageBytes(), 1 << 27));
    try {
      return Jsoup.parse(
          new ByteArrayInputStream(plain), fetched.charset(), fetched.address().toString());
    } catch (IOException e) {
      return Document.createShell(fetched.address().toString());
    }
  }
}
