package dev.imago.crawl;

import dev.imago.fetch.AddressRules;
import dev.imago.fetch.HostLookup;
import dev.imago.fetch.WebAddress;
import dev.imago.fetch.WebAnswer;
import dev.imago.fetch.WebClient;
import dev.imago.fetch.WebRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks hosts, each when it may be asked, on one connection. Thread-safe.
final class HostRequests {
  static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ACCEPT =
      "text/html,application/xhtml+xml,text/plain;q=0.9,application/pdf;q=0.8,*/*;q=0.5";

  private final Frontier frontier;
  private final Hosts hosts;
  private final Clock clock;
  private final String agent;
  private final Pace pace;
  private final WebClient client;

  /// @param agent what is sent as User-Agent
  HostRequests(
      Frontier frontier, Hosts hosts, Clock clock, String agent, AddressRules rules, Pace pace) {
    this.frontier = frontier;
    this.hosts = hosts;
    this.clock = clock;
    this.agent = agent;
    this.pace = pace;
    client = new WebClient(rules, HostLookup.SYSTEM, PATIENCE, LONGEST_ANSWER);
  }

  /// Asks for an address when its host may be asked, on its only connection.
  Fetched request(WebAddress at, Map<String, String> more, @Nullable PageState page, int most)
      throws IOException, InterruptedException {
    HostQueue host = hosts.queue(at);
    host.line.lockInterruptibly();
    try {
      for (long wait = host.readyAt() - clock.millis();
          wait > 0;
          wait = host.readyAt() - clock.millis()) {
        Thread.sleep(wait);
      }
      var headers = new LinkedHashMap<String, String>();
      headers.put("User-Agent", agent);
      headers.put("Accept", ACCEPT);
      headers.put("Accept-Encoding", "gzip");
      headers.putAll(more);
      WebRequest request = WebRequest.get(at, headers);
      pace.begin();
      Instant date = clock.instant();
      Runnable asking = () -> frontier.asked(host.host, page, clock.millis());
      try (WebAnswer answer = client.send(request, asking)) {
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
        pace.answered();
        host.askedAt = clock.millis();
      }
    } finally {
      host.line.unlock();
    }
  }

  /// A host asks to wait, or is given time.
  void hold(WebAddress at, long millis) {
    HostQueue host = hosts.queue(at);
    host.heldUntil = Math.max(host.heldUntil, clock.millis() + millis);
    frontier.hold(host.host, host.heldUntil);
  }
}
