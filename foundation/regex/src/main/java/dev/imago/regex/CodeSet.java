package dev.imago.regex;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A set of code points. Immutable.
final class CodeSet {
  static final int LIMIT = Character.MAX_CODE_POINT + 1;
  static final CodeSet NONE = new CodeSet(new int[0]);
  static final CodeSet ALL = ofRange(0, Character.MAX_CODE_POINT);

  /// Where membership changes: in the set from `edges[0]`, out of it from `edges[1]`, …
  private final int[] edges;

  private final long ascii0;
  private final long ascii1;

  /// Membership below U+10000, built when there are many ranges to search; racing threads build the
  /// same.
  private long @Nullable [] bits;

  private CodeSet(int[] edges) {
    this.edges = edges;
    long low = 0;
    long high = 0;
    for (int i = 0; i < edges.length && edges[i] < 128; i += 2) {
      for (int c = edges[i]; c < Math.min(edges[i + 1], 128); c++) {
        low |= c < 64 ? 1L << c : 0;
        high |= c < 64 ? 0 : 1L << c;
      }
    }
    ascii0 = low;
    ascii1 = high;
  }

  static CodeSet of(int codePoint) {
    return ofRange(codePoint, codePoint);
  }

  /// All from `first` to `last`, both included.
  static CodeSet ofRange(int first, int last) {
    return new CodeSet(new int[] {first, last + 1});
  }

  /// Ranges, first and last of each, in order.
  static CodeSet ofRanges(int... ranges) {
    CodeSet set = NONE;
    for (int i = 0; i < ranges.length; i += 2) {
      set = set.or(ofRange(ranges[i], ranges[i + 1]));
    }
    return set;
  }

  /// All code points that pass.
  static CodeSet where(IntPredicate test) {
    return where(test, 0, LIMIT);
  }

  /// Of the planes that hold characters, all that pass: Unicode has none in planes 4 … 13, and in
  /// 15 and 16 whatever people agree on. A third of the walk.
  static CodeSet whereCharacters(IntPredicate test) {
    return where(test, 0, 0x40000).or(where(test, 0xe0000, 0xf0000));
  }

  /// Those from `from` to `to − 1` that pass.
  private static CodeSet where(IntPredicate test, int from, int to) {
    int[] edges = new int[64];
    int size = 0;
    boolean in = false;
    for (int c = from; c < to; c++) {
      if (test.test(c) != in) {
        in = !in;
        if (size == edges.length) {
          edges = Arrays.copyOf(edges, size * 2);
        }
        edges[size++] = c;
      }
    }
    edges = Arrays.copyOf(edges, size + (in ? 1 : 0));
    if (in) {
      edges[size] = to;
    }
    return new CodeSet(edges);
  }

  /// The runs that pass, of all code points.
  ///
  /// @param starts of each run; the last ends at [#LIMIT]
  static CodeSet ofRuns(int[] starts, IntPredicate run) {
    int[] edges = new int[starts.length + 1];
    int size = 0;
    for (int i = 0; i < starts.length; i++) {
      if (run.test(i) != ((size & 1) != 0)) {
        edges[size++] = starts[i];
      }
    }
    if ((size & 1) != 0) {
      edges[size++] = LIMIT;
    }
    return new CodeSet(Arrays.copyOf(edges, size));
  }

  boolean contains(int codePoint) {
    if (codePoint < 64) {
      return (ascii0 >>> codePoint & 1) != 0;
    }
    if (codePoint < 128) {
      return (ascii1 >>> codePoint & 1) != 0;
    }
    if (codePoint < 0x10000 && edges.length > 8) {
      long[] table = bits;
      if (table == null) {
        table = table();
        bits = table;
      }
      return (table[codePoint >> 6] >>> codePoint & 1) != 0;
    }
    return find(codePoint);
  }

  private boolean find(int codePoint) {
    int at = Arrays.binarySearch(edges, codePoint);
    return ((at < 0 ? ~at - 1 : at) & 1) == 0;
  }

  private long[] table() {
    long[] table = new long[1024];
    for (int i = 0; i < edges.length; i += 2) {
      for (int c = edges[i]; c < Math.min(edges[i + 1], 0x10000); c++) {
        table[c >> 6] |= 1L << c;
      }
    }
    return table;
  }

  boolean isEmpty() {
    return edges.length == 0;
  }

  /// How many code points are in it.
  int size() {
    int size = 0;
    for (int i = 0; i < edges.length; i += 2) {
      size += edges[i + 1] - edges[i];
    }
    return size;
  }

  /// The first code point.
  int first() {
    return edges[0];
  }

  /// The code points, from the least on.
  int[] toArray() {
    int[] all = new int[size()];
    int at = 0;
    for (int i = 0; i < edges.length; i += 2) {
      for (int c = edges[i]; c < edges[i + 1]; c++) {
        all[at++] = c;
      }
    }
    return all;
  }

  CodeSet or(CodeSet other) {
    return combine(other, false);
  }

  CodeSet and(CodeSet other) {
    return combine(other, true);
  }

  CodeSet not() {
    boolean first = edges.length > 0 && edges[0] == 0;
    boolean last = edges.length > 0 && edges[edges.length - 1] == LIMIT;
    int from = first ? 1 : 0;
    int to = edges.length - (last ? 1 : 0);
    int[] out = new int[to - from + (first ? 0 : 1) + (last ? 0 : 1)];
    System.arraycopy(edges, from, out, first ? 0 : 1, to - from);
    if (!last) {
      out[out.length - 1] = LIMIT;
    }
    return new CodeSet(out);
  }

  private CodeSet combine(CodeSet other, boolean both) {
    int[] out = new int[edges.length + other.edges.length];
    int size = 0;
    int a = 0;
    int b = 0;
    while (a < edges.length || b < other.edges.length) {
      int nextA = a < edges.length ? edges[a] : LIMIT + 1;
      int nextB = b < other.edges.length ? other.edges[b] : LIMIT + 1;
      int at = Math.min(nextA, nextB);
      a += nextA == at ? 1 : 0;
      b += nextB == at ? 1 : 0;
      boolean inA = (a & 1) != 0;
      boolean inB = (b & 1) != 0;
      boolean in = both ? inA && inB : inA || inB;
      if (in != ((size & 1) != 0)) {
        out[size++] = at;
      }
    }
    return new CodeSet(Arrays.copyOf(out, size));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CodeSet set && Arrays.equals(edges, set.edges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  @Override
  public String toString() {
    return Arrays.toString(edges);
  }
}
