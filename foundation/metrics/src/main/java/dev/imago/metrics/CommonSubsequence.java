package dev.imago.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The longest common subsequence of two lists of words.
final class CommonSubsequence {
  private CommonSubsequence() {}

  /// Its length, with one row of the table kept.
  static int length(List<String> a, List<String> b) {
    Map<String, Integer> ids = new HashMap<>();
    int[] others = ids(b, ids);
    int[] row = new int[others.length + 1];
    for (int word : ids(a, ids)) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = word == others[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[others.length];
  }

  /// Marks the words of `a` that are in one of the longest: of several, the one that `rouge_score`
  /// reads out of its table.
  static void mark(List<String> a, List<String> b, boolean[] common) {
    Map<String, Integer> ids = new HashMap<>();
    int[] words = ids(a, ids);
    int[] others = ids(b, ids);
    int[][] table = new int[words.length + 1][others.length + 1];
    for (int i = 1; i <= words.length; i++) {
      for (int j = 1; j <= others.length; j++) {
        table[i][j] =
            words[i - 1] == others[j - 1]
                ? table[i - 1][j - 1] + 1
                : Math.max(table[i - 1][j], table[i][j - 1]);
      }
    }
    int i = words.length;
    int j = others.length;
    while (i > 0 && j > 0) {
      if (words[i - 1] == others[j - 1]) {
        common[--i] = true;
        j--;
      } else if (table[i][j - 1] > table[i - 1][j]) {
        j--;
      } else {
        i--;
      }
    }
  }

  private static int[] ids(List<String> words, Map<String, Integer> ids) {
    int[] of = new int[words.size()];
    for (int i = 0; i < of.length; i++) {
      of[i] = ids.computeIfAbsent(words.get(i), _ -> ids.size());
    }
    return of;
  }
}
