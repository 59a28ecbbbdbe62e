package dev.imago.console.curves;

import java.util.Arrays;

/// Points of a curve, in order.
///
/// @param x never falls, but where a trainer went back to an earlier step
/// @param y the value at each; not a number where there is a gap
public record Points(double[] x, double[] y) {
  public Points {
    if (x.length != y.length) {
      throw new IllegalArgumentException(x.length + " places for " + y.length + " values");
    }
  }

  public int size() {
    return x.length;
  }

  /// Those whose place lies between two bounds, and one before and after, so that the line goes on
  /// to the edge.
  Points between(double from, double to) {
    int first = 0;
    while (first < x.length && x[first] < from) {
      first++;
    }
    int end = x.length;
    while (end > first && x[end - 1] > to) {
      end--;
    }
    int low = Math.max(0, first - 1);
    int high = Math.min(x.length, end + 1);
    return new Points(Arrays.copyOfRange(x, low, high), Arrays.copyOfRange(y, low, high));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Points that && Arrays.equals(x, that.x) && Arrays.equals(y, that.y);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(x) + Arrays.hashCode(y);
  }

  @Override
  public String toString() {
    return size() + " points";
  }
}
