package dev.imago.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets an answer's text through until a stop text comes, holding back what may be the beginning of
/// one.
final class StopText {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private @Nullable String which;

  StopText(List<String> stops) {
    this.stops = stops;
  }

  /// Takes more text; gives what is surely before any stop text.
  String add(String text) {
    held.append(text);
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
        which = stop;
      }
    }
    if (first >= 0) {
      held.setLength(first);
      return rest();
    }
    int safe = held.length();
    for (String stop : stops) {
      for (int at = Math.max(0, held.length() - stop.length() + 1); at < safe; at++) {
        if (stop.startsWith(held.substring(at))) {
          safe = at;
        }
      }
    }
    String through = held.substring(0, safe);
    held.delete(0, safe);
    return through;
  }

  /// Whether a stop text has come.
  boolean stopped() {
    return which != null;
  }

  /// The one that has come; null for none.
  @Nullable String which() {
    return which;
  }

  /// What is held back, now that the answer has ended.
  String rest() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }
}
