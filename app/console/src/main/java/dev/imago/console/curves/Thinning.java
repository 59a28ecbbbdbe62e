package dev.imago.console.curves;

import java.util.Arrays;

/// Fewer points that draw the same: of each stretch the first, the lowest, the highest and the
/// last. At one stretch for each pixel the picture is the same, pixel by pixel (M4: Jugel et al.
/// 2014, doi:10.14778/2732951.2732953).
final class Thinning {
  private Thinning() {}

  /// @param stretches how many parts of equal width the range of x is cut into
  static Points thin(Points points, int stretches) {
    int n = points.size();
    if (n <= stretches * 4L) {
      return points;
    }
    double[] x = points.x();
    double[] y = points.y();
    double low = x[0];
    double high = x[0];
    for (double at : x) {
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
    double width = high > low ? (high - low) / stretches : 1;
    int[] kept = new int[stretches * 4 + 8];
    int size = 0;
    int from = 0;
    while (from < n) {
      int stretch = (int) Math.min(stretches - 1, (x[from] - low) / width);
      int end = from + 1;
      while (end < n && (int) Math.min(stretches - 1, (x[end] - low) / width) == stretch) {
        end++;
      }
      if (size + 4 > kept.length) {
        kept = Arrays.copyOf(kept, kept.length * 2); // a trainer that went back has more stretches
      }
      size = keep(y, from, end, kept, size);
      from = end;
    }
    double[] thinX = new double[size];
    double[] thinY = new double[size];
    for (int i = 0; i < size; i++) {
      thinX[i] = x[kept[i]];
      thinY[i] = y[kept[i]];
    }
    return new Points(thinX, thinY);
  }

  private static int keep(double[] y, int from, int end, int[] kept, int size) {
    int low = from;
    int high = from;
    int gap = -1;
    for (int i = from; i < end; i++) {
      if (Double.isNaN(y[i])) {
        gap = i;
      } else {
        low = Double.isNaN(y[low]) || y[i] < y[low] ? i : low;
        high = Double.isNaN(y[high]) || y[i] > y[high] ? i : high;
      }
    }
    // A stretch that has a value that is no number shows it in place of its last point.
    int[] picked = {from, low, high, gap >= 0 ? gap : end - 1};
    Arrays.sort(picked);
    int to = size;
    for (int i = 0; i < picked.length; i++) {
      if (i == 0 || picked[i] != picked[i - 1]) {
        kept[to++] = picked[i];
      }
    }
    return to;
  }
}
