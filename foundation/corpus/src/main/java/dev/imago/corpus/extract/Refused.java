package dev.imago.corpus.extract;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Content that a cap or a check stops in mid-read.
final class Refused extends IOException {
  private static final long serialVersionUID = 1L;
  private final Skip why;
  private final @Nullable Magic magic;

  Refused(Skip why, String detail) {
    this(why, detail, null);
  }

  /// @param magic what it is, where that is the reason
  Refused(Skip why, String detail, @Nullable Magic magic) {
    super(detail);
    this.why = why;
    this.magic = magic;
  }

  Skip why() {
    return why;
  }

  @Nullable Magic magic() {
    return magic;
  }
}
