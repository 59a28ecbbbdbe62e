package dev.imago.serve.upstreams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Leaves alone for a while what has failed several times in a row; then one request tries it
/// again. Nygard 2007, «Release It!». Thread-safe.
final class CircuitBreaker {
  private final int most;
  private final Duration rest;
  private final Clock clock;
  private int failures;
  private @Nullable Instant until;
  private boolean trying;

  /// @param most failures in a row
  /// @param rest how long nothing is asked of it then
  CircuitBreaker(int most, Duration rest, Clock clock) {
    this.most = most;
    this.rest = rest;
    this.clock = clock;
  }

  /// Whether it may be asked now; whoever is told so says how it went.
  synchronized boolean mayAsk() {
    Instant closed = until;
    if (closed == null) {
      return true;
    }
    if (trying || clock.instant().isBefore(closed)) {
      return false;
    }
    trying = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    until = null;
    trying = false;
  }

  synchronized void failed() {
    failures++;
    if (trying || failures >= most) {
      until = clock.instant().plus(rest);
    }
    trying = false;
  }

  /// Nothing can be said: whoever asked went away.
  synchronized void gaveUp() {
    trying = false;
  }

  synchronized boolean isClosed() {
    return until == null;
  }
}
