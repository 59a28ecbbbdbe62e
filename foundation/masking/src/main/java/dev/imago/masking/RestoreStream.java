package dev.imago.masking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts values back in the place of what replaced them, as a text flows. Holds back no more than
/// what may become a replacement; of two that begin alike the longer one counts.
public final class RestoreStream {
  private final Map<String, String> values;
  private final Map<Character, List<String>> byFirst = new HashMap<>();
  private String held = "";

  /// @param values by what replaced them
  public RestoreStream(Map<String, String> values) {
    if (values.containsKey("")) {
      throw new IllegalArgumentException("nothing can stand for a value");
    }
    this.values = Map.copyOf(values);
    for (String replacement : this.values.keySet()) {
      byFirst.computeIfAbsent(replacement.charAt(0), _ -> new ArrayList<>()).add(replacement);
    }
    byFirst
        .values()
        .forEach(
            list ->
                list.sort(
                    Comparator.comparingInt(String::length)
                        .reversed()
                        .thenComparing(Comparator.naturalOrder())));
  }

  /// Takes a piece; gives what is decided by it.
  public String append(String piece) {
    if (values.isEmpty()) {
      return piece;
    }
    return restored(held + piece, false);
  }

  /// The rest: nothing comes any more.
  public String finish() {
    return restored(held, true);
  }

  private String restored(String text, boolean complete) {
    var out = new StringBuilder();
    held = "";
    for (int i = 0; i < text.length(); ) {
      List<String> candidates = byFirst.getOrDefault(text.charAt(i), List.of());
      String found = "";
      for (String candidate : candidates) {
        if (text.startsWith(candidate, i)) {
          found = candidate;
          break;
        }
        if (!complete && candidate.startsWith(text.substring(i))) {
          held = text.substring(i);
          return out.toString();
        }
      }
      if (found.isEmpty()) {
        out.append(text.charAt(i++));
      } else {
        out.append(values.get(found));
        i += found.length();
      }
    }
    return out.toString();
  }
}
