package dev.imago.console.runs;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps one of each text and of each list of names, however many runs have it.
final class SharedNames {
  /// Texts that are longer are seldom the same.
  private static final int LONGEST_SHARED = 100;

  /// So many different texts are kept; beyond it each run has its own.
  private static final int MOST = 500_000;

  private final ConcurrentHashMap<String, String> texts = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<List<String>, String[]> names = new ConcurrentHashMap<>();

  String text(String text) {
    if (text.length() > LONGEST_SHARED || texts.size() > MOST) {
      return text;
    }
    String kept = texts.putIfAbsent(text, text);
    return kept == null ? text : kept;
  }

  String[] names(List<String> of) {
    return names.computeIfAbsent(of, list -> list.stream().map(this::text).toArray(String[]::new));
  }
}
