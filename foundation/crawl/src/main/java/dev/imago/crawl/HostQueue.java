package dev.imago.crawl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for one host, and when it may be asked again. Fields are the scheduler's, under its
/// lock; [#line] is held by who talks to the host.
final class HostQueue {
  /// Held while it is asked: one connection a host.
  final ReentrantLock line = new ReentrantLock();

  final String host;
  final Deque<PageState> pages = new ArrayDeque<>();
  volatile long askedAt;
  volatile long heldUntil;
  volatile long delayMillis;
  boolean busy;

  HostQueue(String host, long askedAt, long heldUntil, long delayMillis) {
    this.host = host;
    this.askedAt = askedAt;
    this.heldUntil = heldUntil;
    this.delayMillis = delayMillis;
  }

  /// When it may be asked, in milliseconds since 1970.
  long readyAt() {
    return Math.max(askedAt == 0 ? 0 : askedAt + delayMillis, heldUntil);
  }
}
