package dev.imago.prepare;

import java.util.List;

/// Groups texts that agree in all rows of at least one band: two texts of similarity s meet with
/// probability 1 − (1 − s⁸)¹⁴, that is 0.05 at s = 0.5, 0.77 at 0.75, 0.99 at 0.87. Groups join
/// where they share a member; the first member of a group is the one that is kept.
final class NearDuplicates {
  private final int[] parent;

  /// @param signatures by document; an empty one is like no other
  NearDuplicates(List<int[]> signatures) {
    parent = new int[signatures.size()];
    for (int i = 0; i < parent.length; i++) {
      parent[i] = i;
    }
    for (int band = 0; band < MinHash.BANDS; band++) {
      var first = new LongIntMap(signatures.size());
      for (int i = 0; i < parent.length; i++) {
        int[] signature = signatures.get(i);
        if (signature.length > 0) {
          int met = first.putIfAbsent(MinHash.band(signature, band), i);
          if (met >= 0) {
            join(met, i);
          }
        }
      }
    }
  }

  private void join(int a, int b) {
    int first = first(a);
    int second = first(b);
    parent[Math.max(first, second)] = Math.min(first, second);
  }

  /// The first document of this one's group: itself, if it is kept.
  int first(int document) {
    int at = document;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }
}
