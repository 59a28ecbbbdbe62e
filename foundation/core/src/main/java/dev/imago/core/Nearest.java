package dev.imago.core;

import java.util.Collection;
import java.util.Comparator;

/// The valid name that somebody most likely meant.
final class Nearest {
  private Nearest() {}

  /// `; did you mean «x»?` where one is near, and the list of valid names otherwise.
  static String hint(String given, Collection<String> valid) {
    return valid.stream()
        .min(Comparator.comparingInt((String v) -> distance(given, v)).thenComparing(v -> v))
        .filter(v -> distance(given, v) <= Math.max(2, given.length() / 3))
        .map(v -> "; did you mean «" + v + "»?")
        .orElseGet(() -> "; valid are " + String.join(", ", valid.stream().sorted().toList()));
  }

  /// Edits between two words, case aside. Levenshtein 1966.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int cost = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(cost, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
