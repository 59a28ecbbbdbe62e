package dev.imago.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The valid name that somebody most likely meant.
public final class Nearest {
  private Nearest() {}

  /// `; did you mean «x»?` where one is near, and the list of valid names otherwise.
  public static String hint(String given, Collection<String> valid) {
    return to(given, valid)
        .map(v -> "; did you mean «" + v + "»?")
        .orElseGet(() -> "; valid are " + String.join(", ", valid.stream().sorted().toList()));
  }

  /// The valid name that is near enough to be meant.
  public static Optional<String> to(String given, Collection<String> valid) {
    return valid.stream()
        .min(Comparator.comparingInt((String v) -> distance(given, v)).thenComparing(v -> v))
        .filter(v -> distance(given, v) <= Math.max(2, given.length() / 3));
  }

  /// Edits between two words, case aside; two neighbours that changed places are one edit. Optimal
  /// string alignment: Damerau 1964, as Boytsov 2011 has it.
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        row[j] =
            Math.min(last[j - 1] + (same(a, i, b, j) ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
        if (i > 1 && j > 1 && same(a, i, b, j - 1) && same(a, i - 1, b, j)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
    }
    return row[b.length()];
  }

  /// Whether the i-th and j-th letters, counted from 1, are the same.
  private static boolean same(String a, int i, String b, int j) {
    return Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
  }
}
