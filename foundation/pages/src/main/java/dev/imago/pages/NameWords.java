package dev.imago.pages;

import java.util.ArrayList;
import java.util.List;

/// Which kinds of words a text has anywhere, found in one pass by their first two letters: a tenth
/// of the time of a pattern of alternatives.
final class NameWords {
  private static final int BUCKETS = 1024;

  private final String[][] words = new String[BUCKETS][];
  private final int[][] kinds = new int[BUCKETS][];
  private final int all;

  /// @param byKind lists of words of two letters and more, apart by commas; the first is told by
  ///   bit 0
  NameWords(List<String> byKind) {
    List<List<String>> found = new ArrayList<>();
    List<List<Integer>> told = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      found.add(new ArrayList<>());
      told.add(new ArrayList<>());
    }
    for (int kind = 0; kind < byKind.size(); kind++) {
      for (String word : byKind.get(kind).split(",")) {
        int bucket = bucket(word.charAt(0), word.charAt(1));
        found.get(bucket).add(word);
        told.get(bucket).add(1 << kind);
      }
    }
    for (int i = 0; i < BUCKETS; i++) {
      words[i] = found.get(i).toArray(new String[0]);
      kinds[i] = told.get(i).stream().mapToInt(Integer::intValue).toArray();
    }
    all = (1 << byKind.size()) - 1;
  }

  private static int bucket(char first, char second) {
    return (first * 31 + second) & (BUCKETS - 1);
  }

  /// @return a bit for each kind that the text has a word of
  int in(String text) {
    int kinds = 0;
    for (int i = 0; i + 1 < text.length() && kinds != all; i++) {
      int bucket = bucket(text.charAt(i), text.charAt(i + 1));
      String[] candidates = words[bucket];
      for (int k = 0; k < candidates.length; k++) {
        if (text.startsWith(candidates[k], i)) {
          kinds |= this.kinds[bucket][k];
        }
      }
    }
    return kinds;
  }
}
