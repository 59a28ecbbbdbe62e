package dev.imago.dialogue;

import java.util.Arrays;

/// Sets of ids as bits.
final class IdSets {
  private IdSets() {}

  static boolean has(long[] mask, int id) {
    return id >>> 6 < mask.length && (mask[id >>> 6] >>> id & 1) != 0;
  }

  static long[] either(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      both[i] |= b[i];
    }
    return both;
  }

  static int[] joined(int[] ids, int[] more) {
    int[] all = Arrays.copyOf(ids, ids.length + more.length);
    System.arraycopy(more, 0, all, ids.length, more.length);
    return all;
  }
}
