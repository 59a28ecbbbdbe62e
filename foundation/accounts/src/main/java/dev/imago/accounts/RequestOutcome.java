package dev.imago.accounts;

import java.util.Locale;

/// How a request ended.
public enum RequestOutcome {
  ANSWERED,
  /// Given up by its client, or by the server's end.
  CANCELLED,
  FAILED,
  /// Under way when its server died: what it used is not known.
  LOST,
  /// No request: an entry that corrects another.
  CORRECTION;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
