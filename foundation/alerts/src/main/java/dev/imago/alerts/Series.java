package dev.imago.alerts;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// What was measured of one thing, by time. Points come in the order of time. One that is older
/// than the last tells that a clock was set back: those of later times go, since nobody would look
/// at what is new until the clock had come so far again.
public final class Series {
  private final String metric;
  private final Map<String, String> labels;
  private double[] times = new double[64];
  private double[] values = new double[64];
  private int size;
  private double end = Double.POSITIVE_INFINITY;

  /// @param metric its name
  /// @param labels which of several of that name it is, such as the run
  public Series(String metric, Map<String, String> labels) {
    this.metric = metric;
    this.labels = new TreeMap<>(labels);
  }

  /// @param time in seconds since 1970; a point of no time is none
  public void add(double time, double value) {
    if (!Double.isFinite(time)) {
      return;
    }
    if (size > 0 && time < times[size - 1]) {
      size = until(time);
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    times[size] = time;
    values[size++] = value;
  }

  public String metric() {
    return metric;
  }

  public Map<String, String> labels() {
    return Map.copyOf(labels);
  }

  public int size() {
    return size;
  }

  /// When the first point was; no point, no time: positive infinity.
  public double first() {
    return size == 0 ? Double.POSITIVE_INFINITY : times[0];
  }

  /// When the last point was; no point, no time: negative infinity.
  public double last() {
    return size == 0 ? Double.NEGATIVE_INFINITY : times[size - 1];
  }

  /// Nothing comes after this time, as all is over: from then on it is not looked at.
  ///
  /// @param time in seconds since 1970
  public void endAt(double time) {
    end = time;
  }

  /// Whether a selector means it.
  boolean is(MetricSelector selector) {
    return selector.matches(metric, labels);
  }

  /// Before a time keeps the last point of each stretch alone.
  ///
  /// @param spacing a stretch, in seconds
  public void thin(double before, double spacing) {
    int kept = 0;
    int limit = until(before);
    for (int i = 0; i < size; i++) {
      boolean last =
          i + 1 >= limit || Math.floor(times[i] / spacing) != Math.floor(times[i + 1] / spacing);
      if (last) {
        times[kept] = times[i];
        values[kept++] = values[i];
      }
    }
    size = kept;
  }

  double end() {
    return end;
  }

  double time(int at) {
    return times[at];
  }

  double value(int at) {
    return values[at];
  }

  /// How many points there were at a time, that moment's included.
  int until(double time) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The mean of a window (from, to]; NaN where it is empty.
  double mean(double from, double to) {
    int first = until(from);
    int last = until(to);
    double sum = 0;
    for (int i = first; i < last; i++) {
      sum += values[i];
    }
    return last == first ? Double.NaN : sum / (last - first);
  }

  /// By how much a counter rose in (from, to]: a counter that fell began anew at 0. The point
  /// before the window counts as its beginning.
  double increase(double from, double to) {
    int first = until(from);
    int last = until(to);
    double sum = 0;
    for (int i = Math.max(1, first); i < last; i++) {
      double rise = values[i] - values[i - 1];
      sum += rise >= 0 ? rise : values[i];
    }
    return sum;
  }

  /// The value at a later time, on the least-squares line through a window; NaN where it holds
  /// fewer than two times.
  double forecast(double from, double to, double at) {
    int first = until(from);
    int last = until(to);
    int n = last - first;
    double meanTime = 0;
    double meanValue = 0;
    for (int i = first; i < last; i++) {
      meanTime += (times[i] - to) / n;
      meanValue += values[i] / n;
    }
    double covariance = 0;
    double variance = 0;
    for (int i = first; i < last; i++) {
      double off = times[i] - to - meanTime;
      covariance += off * (values[i] - meanValue);
      variance += off * off;
    }
    return variance == 0 ? Double.NaN : meanValue + covariance / variance * (at - to - meanTime);
  }
}
