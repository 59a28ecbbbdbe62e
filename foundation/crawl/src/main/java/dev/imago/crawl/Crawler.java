package dev.imago.crawl;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.fetch.AddressRules;
import dev.imago.fetch.WebAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Crawls: asks host after host for what it has, one request a turn, as their owners allow.
///
/// A turn of a host is one request: for robots.txt, then tdmrep.json, then a page or a sitemap. A
/// host's next turn comes when its delay is over and whatever it asked to wait for. All turns of a
/// host follow one another. [Hosts] says whose turn it is, [HostRequests] asks, [RobotsFiles] says
/// what may be asked for, [PageVisits] what is kept, [Discovery] what is taken up of what was
/// found.
public final class Crawler {
  private static final int REQUESTS_A_CORE = 4;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

  private final CrawlSettings settings;
  private final CrawlAgent agent;
  private final Path folder;
  private final Clock clock;
  private final CrawlListener listener;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /// @param folder of this crawl alone; what an earlier run of it left there is gone on from
  /// @throws ConfigException for settings that no crawl can begin with
  public Crawler(CrawlSettings settings, Path folder, Clock clock, CrawlListener listener) {
    settings.check();
    this.settings = settings;
    this.folder = folder;
    this.clock = clock;
    this.listener = listener;
    agent = CrawlAgent.of(settings.agent());
  }

  /// Crawls until nothing is left, maxPages are asked for, or the thread is interrupted; then all
  /// that came is on disk.
  ///
  /// @param start what becomes of what an earlier run left
  public CrawlSummary run(CrawlStart start) throws InterruptedException {
    try (Frontier frontier = new Frontier(folder);
        PageArchive archive =
            new PageArchive(frontier, frontier.archive(folder, settings.agent()))) {
      begin(frontier, start);
      int cores = Runtime.getRuntime().availableProcessors();
      var hosts = new Hosts(settings, frontier, clock, listener);
      var discovery = new Discovery(settings, frontier, hosts, clock);
      var pace = new Pace(REQUESTS_A_CORE * cores, System::nanoTime);
      var requests =
          new HostRequests(
              frontier, hosts, clock, agent.line(), AddressRules.allowing(settings.allow()), pace);
      var robots =
          new RobotsFiles(
              frontier, requests, discovery, clock, listener, agent.product(), settings.sitemaps());
      var visits =
          new PageVisits(
              frontier,
              archive,
              hosts,
              requests,
              discovery,
              clock,
              listener,
              agent.product(),
              settings.maxPageBytes());
      for (PageState page : frontier.pages()) {
        WebAddress at = Objects.requireNonNull(WebAddress.of(page.address), page.address);
        discovery.remember(page, at);
        visits.remember(page, at);
      }
      for (WebAddress seed : settings.seedAddresses()) {
        discovery.accept(seed, 0, PageState.Via.SEED, 0);
      }
      work(hosts, pace, host -> turn(frontier, hosts, robots, visits, host));
      if (hosts.waiting() == 0 && !frontier.ended()) {
        frontier.end();
      }
      return new CrawlSummary(
          frontier.asked(),
          frontier.kept(),
          frontier.unchanged(),
          hosts.waiting(),
          frontier.inDoubt(),
          frontier.reasons(),
          discovery.passedOver());
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder, e);
    }
  }

  private void begin(Frontier frontier, CrawlStart start) {
    String about =
        "%s %s maxDepth=%d %s"
            .formatted(agent.product(), settings.scope(), settings.maxDepth(), settings.seeds());
    if (frontier.pass() == 0) {
      frontier.begun(1, about);
    } else if (!frontier.settings().equals(about)) {
      throw new ConfigException(
          "%s holds another crawl (%s; this one is %s); name another folder"
              .formatted(folder, frontier.settings(), about));
    } else if (start == CrawlStart.ANEW && frontier.ended()) {
      frontier.begun(frontier.pass() + 1, about);
    } else if (start == CrawlStart.ASK_DOUBTFUL) {
      frontier.askDoubtful();
    }
  }

  private interface Turn {
    void take(HostQueue host) throws InterruptedException;
  }

  private void work(Hosts hosts, Pace pace, Turn turn) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    try {
      for (int i = 0; i < settings.connections(); i++) {
        threads.add(Thread.ofVirtual().start(() -> worker(hosts, pace, turn)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      // Those that are asking come to an end: what was asked for is worth keeping.
      hosts.stop();
      for (Thread thread : threads) {
        if (!thread.join(LAST_ANSWERS)) {
          thread.interrupt();
          var _ = thread.join(LAST_ANSWERS);
        }
      }
    }
    Throwable why = failure.get();
    if (why instanceof RuntimeException e) {
      throw e;
    } else if (why instanceof Error e) {
      throw e;
    }
  }

  private void worker(Hosts hosts, Pace pace, Turn turn) {
    try {
      for (HostQueue host = hosts.next(); host != null; host = hosts.next()) {
        try {
          turn.take(host);
        } finally {
          pace.end();
          hosts.release(host);
        }
      }
    } catch (InterruptedException e) {
      hosts.stop();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      hosts.stop();
    }
  }

  /// One request of a host at the most.
  private static void turn(
      Frontier frontier, Hosts hosts, RobotsFiles robots, PageVisits visits, HostQueue host)
      throws InterruptedException {
    for (PageState page = hosts.peek(host); page != null; page = hosts.peek(host)) {
      WebAddress at = Objects.requireNonNull(WebAddress.of(page.address), page.address);
      RobotsRules rules = robots.rules(host, at);
      if (rules == null) {
        return; // that was the turn's request
      }
      boolean map = page.via == PageState.Via.MAP;
      String refusal =
          !map ? rules.refusal(at) : rules.allows(at) ? "" : "a sitemap that robots.txt closes";
      if (refusal.isEmpty()) {
        if (hosts.claim(host, page)) {
          visits.visit(page, at);
        }
        return;
      }
      hosts.drop(host);
      frontier.refused(page, 0, refusal);
    }
  }
}
