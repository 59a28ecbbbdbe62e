package dev.imago.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// A set of code points as sorted ranges, surrogates left out: they are no characters, and UTF-8
/// has no bytes for them.
///
/// @param bounds first and last of each range, in turn
record CodeRanges(int[] bounds) {
  static final int LAST = Character.MAX_CODE_POINT;
  static final CodeRanges NONE = new CodeRanges(new int[0]);
  static final CodeRanges ALL = new CodeRanges(new int[] {0, 0xd7ff, 0xe000, LAST});

  static CodeRanges of(int first, int last) {
    return new Builder().add(first, last).build();
  }

  static CodeRanges where(IntPredicate predicate) {
    var builder = new Builder();
    int from = -1;
    for (int c = 0; c <= LAST + 1; c++) {
      boolean in = c <= LAST && predicate.test(c);
      if (in && from < 0) {
        from = c;
      } else if (!in && from >= 0) {
        builder.add(from, c - 1);
        from = -1;
      }
    }
    return builder.build();
  }

  /// Collects ranges in any order.
  static final class Builder {
    private final List<int[]> ranges = new ArrayList<>();

    Builder add(int first, int last) {
      if (first <= last) {
        ranges.add(new int[] {first, last});
      }
      return this;
    }

    Builder add(CodeRanges other) {
      for (int i = 0; i < other.bounds.length; i += 2) {
        add(other.bounds[i], other.bounds[i + 1]);
      }
      return this;
    }

    CodeRanges build() {
      ranges.sort((x, y) -> Integer.compare(x[0], y[0]));
      int[] merged = new int[2 * ranges.size()];
      int n = 0;
      for (int[] r : ranges) {
        if (n > 0 && r[0] <= merged[n - 1] + 1) {
          merged[n - 1] = Math.max(merged[n - 1], r[1]);
        } else {
          merged[n++] = r[0];
          merged[n++] = r[1];
        }
      }
      return new CodeRanges(Arrays.copyOf(merged, n)).and(ALL);
    }
  }

  boolean contains(int c) {
    for (int i = 0; i < bounds.length && bounds[i] <= c; i += 2) {
      if (c <= bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }

  int size() {
    return bounds.length / 2;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int last(int range) {
    return bounds[2 * range + 1];
  }

  CodeRanges and(CodeRanges other) {
    int[] to = new int[bounds.length + other.bounds.length];
    int n = 0;
    for (int i = 0, j = 0; i < bounds.length && j < other.bounds.length; ) {
      int low = Math.max(bounds[i], other.bounds[j]);
      int high = Math.min(bounds[i + 1], other.bounds[j + 1]);
      if (low <= high) {
        to[n++] = low;
        to[n++] = high;
      }
      if (bounds[i + 1] < other.bounds[j + 1]) {
        i += 2;
      } else {
        j += 2;
      }
    }
    return new CodeRanges(Arrays.copyOf(to, n));
  }

  CodeRanges not() {
    var builder = new Builder();
    int from = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(from, bounds[i] - 1);
      from = bounds[i + 1] + 1;
    }
    return builder.add(from, LAST).build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodeRanges(int[] theirs) && Arrays.equals(bounds, theirs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return Arrays.toString(bounds);
  }
}
