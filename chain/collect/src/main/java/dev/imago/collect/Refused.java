package dev.imago.collect;

import java.io.IOException;

/// Content that a cap or a check stops in mid-read.
final class Refused extends IOException {
  private static final long serialVersionUID = 1L;
  private final Skip why;

  Refused(Skip why, String detail) {
    super(detail);
    this.why = why;
  }

  Skip why() {
    return why;
  }
}
