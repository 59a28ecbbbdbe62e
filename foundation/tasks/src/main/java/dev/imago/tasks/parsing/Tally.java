package dev.imago.tasks.parsing;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How often each of some names came.
final class Tally {
  private final Map<String, Long> counts = new TreeMap<>();

  void add(String name) {
    counts.merge(name, 1L, Long::sum);
  }

  long of(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /// The commonest name; of equal ones the first by its letters.
  String most(String otherwise) {
    List<String> all = inOrder();
    return all.isEmpty() ? otherwise : all.getFirst();
  }

  /// All names, the commonest first.
  List<String> inOrder() {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
