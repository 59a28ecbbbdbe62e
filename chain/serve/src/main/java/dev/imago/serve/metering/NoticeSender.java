package dev.imago.serve.metering;

import dev.imago.accounts.Metering;
import dev.imago.accounts.Notice;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Sends organisations at their webhooks what they are to be told, as Standard Webhooks has it:
/// each notice by itself, so that a webhook that hangs holds up no other. The addresses are the
/// operator's; no redirect is followed from them.
public final class NoticeSender implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 1_000;

  private final Metering metering;
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService sends =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("imago-notice").factory());

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private NoticeSender(Metering metering, Clock clock) {
    this.metering = metering;
    this.clock = clock;
  }

  /// Looks for notices each second until it is closed.
  public static NoticeSender start(Metering metering, Clock clock) {
    var sender = new NoticeSender(metering, clock);
    Thread.ofVirtual().name("imago-notices").start(sender::look);
    return sender;
  }

  private void look() {
    try {
      while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          for (Notice notice : metering.dueNotices()) {
            sends.execute(() -> trySend(notice));
          }
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.DEBUG, "notices wait for the database", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void trySend(Notice notice) {
    try {
      send(notice);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the server ends, and another sends it
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "a notice waits for the database", e);
    }
  }

  private void send(Notice notice) throws InterruptedException {
    String problem;
    try {
      HttpResponse<InputStream> answer =
          client.send(request(notice), HttpResponse.BodyHandlers.ofInputStream());
      answer.body().close(); // unread: it may be of any length, and the patience ends with the head
      int status = answer.statusCode();
      if (status / 100 == 2) {
        metering.sent(notice);
        return;
      }
      problem = "its webhook answered " + status;
    } catch (IOException e) {
      if (closed.getCount() == 0) {
        return; // the server ends, and another sends it
      }
      problem = "its webhook cannot be reached: " + e.getClass().getSimpleName();
    }
    metering.notSent(notice, problem);
    if (notice.tries() == 1) {
      LOG.log(
          System.Logger.Level.WARNING,
          "organisation %s was not told of a soft limit: %s; it is tried again"
              .formatted(notice.organisation(), problem));
    }
  }

  private HttpRequest request(Notice notice) {
    long seconds = clock.instant().getEpochSecond();
    return HttpRequest.newBuilder(URI.create(notice.address()))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .header("webhook-id", notice.id())
        .header("webhook-timestamp", String.valueOf(seconds))
        .header("webhook-signature", metering.signature(notice, seconds))
        .POST(HttpRequest.BodyPublishers.ofString(notice.content()))
        .build();
  }

  @Override
  public void close() {
    closed.countDown();
    // What is on its way ends with the client. No thread is interrupted: it may be within the
    // database, whose file an interrupt closes.
    client.shutdownNow();
    sends.close();
  }
}
