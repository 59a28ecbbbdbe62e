package dev.imago.crawl;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Lets as many requests go out as this machine can take the answers of: what was asked for and is
/// not yet written is lost to a kill. A request that its server is slow to answer holds nobody up.
/// Thread-safe; a thread has one request at a time.
final class Pace {
  /// After so long it is the server's time, not this machine's.
  private static final long SLOW_NANOS = 100_000_000;

  private record Request(long began, boolean answered) {}

  private final int most;
  private final LongSupplier nanoTime;
  private final Map<Thread, Request> open = new HashMap<>();

  /// @param most requests that are answered and not written, or were sent just now
  Pace(int most, LongSupplier nanoTime) {
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /// Waits until a request of this thread may go out.
  synchronized void begin() throws InterruptedException {
    open.remove(Thread.currentThread());
    while (busy() >= most) {
      wait(untilOneIsSlow());
    }
    open.put(Thread.currentThread(), new Request(nanoTime.getAsLong(), false));
  }

  private long busy() {
    long now = nanoTime.getAsLong();
    return open.values().stream().filter(r -> r.answered || now - r.began < SLOW_NANOS).count();
  }

  /// Milliseconds, at least one; 0 where all are answered: then one must be written first.
  private long untilOneIsSlow() {
    long now = nanoTime.getAsLong();
    return open.values().stream()
        .filter(r -> !r.answered && now - r.began < SLOW_NANOS)
        .mapToLong(r -> (SLOW_NANOS - (now - r.began)) / 1_000_000 + 1)
        .min()
        .orElse(0);
  }

  /// The answer has come.
  synchronized void answered() {
    open.computeIfPresent(Thread.currentThread(), (_, r) -> new Request(r.began, true));
  }

  /// It is written, or there is nothing to write.
  synchronized void end() {
    open.remove(Thread.currentThread());
    notifyAll();
  }
}
