package dev.imago.constraints;

/// Code points as bytes: leads from one node to another by all characters of a range.
final class Utf8Nodes {
  private static final int[] BLOCKS = {
    0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff
  };

  private Utf8Nodes() {}

  static void add(BuiltNode from, CodeRanges set, ByteNode target) {
    for (int i = 0; i < set.size(); i++) {
      add(from, set.first(i), set.last(i), target);
    }
  }

  static void add(BuiltNode from, int first, int last, ByteNode target) {
    for (int i = 0; i < BLOCKS.length; i += 2) {
      int low = Math.max(first, BLOCKS[i]);
      int high = Math.min(last, BLOCKS[i + 1]);
      if (low <= high) {
        split(from, low, high, length(low), target);
      }
    }
  }

  private static int length(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  /// Cuts a range until the bytes of its ends span it one by one.
  private static void split(BuiltNode from, int low, int high, int length, ByteNode target) {
    for (int i = 1; i < length; i++) {
      int tail = (1 << 6 * i) - 1;
      if ((low & ~tail) != (high & ~tail)) {
        if ((low & tail) != 0) {
          split(from, low, low | tail, length, target);
          split(from, (low | tail) + 1, high, length, target);
          return;
        }
        if ((high & tail) != tail) {
          split(from, low, (high & ~tail) - 1, length, target);
          split(from, high & ~tail, high, length, target);
          return;
        }
      }
    }
    BuiltNode at = from;
    for (int i = 0; i < length - 1; i++) {
      var next = new BuiltNode();
      at.span(octet(low, i, length), octet(high, i, length), next);
      at = next;
    }
    at.span(octet(low, length - 1, length), octet(high, length - 1, length), target);
  }

  private static int octet(int c, int index, int length) {
    if (length == 1) {
      return c;
    }
    int bits = c >> 6 * (length - 1 - index);
    return index > 0 ? 0x80 | bits & 0x3f : (0xf00 >> length & 0xff | bits) & 0xff;
  }
}
