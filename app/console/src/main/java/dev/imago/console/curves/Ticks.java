package dev.imago.console.curves;

import java.util.ArrayList;
import java.util.List;

/// Round numbers between two bounds, for the marks of an axis.
final class Ticks {
  private Ticks() {}

  /// @param about how many are wanted
  static List<Double> between(double low, double high, int about) {
    var ticks = new ArrayList<Double>();
    double width = high - low;
    if (!(width > 0) || !Double.isFinite(width)) {
      ticks.add(low);
      return ticks;
    }
    double rough = width / about;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double share = rough / power;
    double step = (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
    for (double at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) {
      ticks.add(at * step);
    }
    return ticks;
  }

  /// Powers of ten between two bounds; where there are fewer than two, round numbers.
  static List<Double> powers(double low, double high) {
    var ticks = new ArrayList<Double>();
    for (double e = Math.ceil(Math.log10(low)); e <= Math.log10(high); e++) {
      ticks.add(Math.pow(10, e));
    }
    return ticks.size() >= 2 ? ticks : between(low, high, 4);
  }
}
