package dev.imago.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How often each run of n items stands in a text.
final class NgramCounts {
  private NgramCounts() {}

  /// Of words that hold no blank.
  static Map<String, Integer> of(List<String> words, int n) {
    var counts = new HashMap<String, Integer>();
    for (int i = 0; i + n <= words.size(); i++) {
      counts.merge(
          n == 1 ? words.get(i) : String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  /// Of code points.
  static Map<String, Integer> of(int[] points, int n) {
    var counts = new HashMap<String, Integer>();
    for (int i = 0; i + n <= points.length; i++) {
      counts.merge(new String(points, i, n), 1, Integer::sum);
    }
    return counts;
  }

  /// How many of the one are in the other, each as often as in both.
  static long matches(Map<String, Integer> a, Map<String, Integer> b) {
    long matches = 0;
    for (Map.Entry<String, Integer> entry : a.entrySet()) {
      matches += Math.min(entry.getValue(), b.getOrDefault(entry.getKey(), 0));
    }
    return matches;
  }

  static long total(Map<String, Integer> counts) {
    long total = 0;
    for (int count : counts.values()) {
      total += count;
    }
    return total;
  }
}
