package dev.imago.pages;

/// How often each of some numbers was counted.
final class KindCounts {
  private long[] kinds = new long[256];
  private int[] counts = new int[256];
  private int size;

  void add(long kind) {
    if (2 * size >= kinds.length) {
      long[] before = kinds;
      int[] counted = counts;
      kinds = new long[2 * before.length];
      counts = new int[2 * before.length];
      for (int i = 0; i < before.length; i++) {
        if (counted[i] > 0) {
          int at = place(before[i]);
          kinds[at] = before[i];
          counts[at] = counted[i];
        }
      }
    }
    int at = place(kind);
    size += counts[at] == 0 ? 1 : 0;
    kinds[at] = kind;
    counts[at]++;
  }

  int count(long kind) {
    return counts[place(kind)];
  }

  private int place(long kind) {
    long mixed = kind * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 32) & (kinds.length - 1);
    while (counts[at] > 0 && kinds[at] != kind) {
      at = (at + 1) & (kinds.length - 1);
    }
    return at;
  }
}
