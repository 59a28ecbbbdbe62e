package dev.imago.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// When a rule is met. Windows are in seconds and end at the time that is asked for. No condition
/// is met by a value that is NaN, except the one that looks for it.
sealed interface Condition {
  /// A series, or a sum of several, that meets a rule.
  ///
  /// @param labels of the series
  record Finding(Map<String, String> labels, double value) {}

  /// @param now in seconds since 1970; later points are not looked at
  List<Finding> findings(List<Series> all, double now);

  /// The condition in PromQL.
  String promql();

  /// The metrics that it looks at, as selectors.
  List<String> metrics();

  /// How far back it looks, in seconds.
  double reach();

  /// A condition on each series of a metric by itself.
  sealed interface Each extends Condition {
    String metric();

    @Override
    default List<String> metrics() {
      return List.of(metric());
    }

    /// What it was judged by.
    double value(Series series, double now);

    boolean met(double value);

    @Override
    default List<Finding> findings(List<Series> all, double now) {
      var found = new ArrayList<Finding>();
      MetricSelector selector = MetricSelector.parse(metric());
      for (Series series : all) {
        if (series.is(selector) && series.until(now) > 0) {
          double value = value(series, now);
          if (met(value)) {
            found.add(new Finding(series.labels(), value));
          }
        }
      }
      return found;
    }
  }

  /// The mean of a window is above, or below, a bound.
  record Threshold(String metric, boolean above, double bound, double over) implements Each {
    @Override
    public double reach() {
      return over;
    }

    @Override
    public double value(Series series, double now) {
      return series.mean(now - over, now);
    }

    @Override
    public boolean met(double value) {
      return above ? value > bound : value < bound;
    }

    @Override
    public String promql() {
      return "avg_over_time(%s) %s %s"
          .formatted(PromQl.range(metric, over), above ? ">" : "<", PromQl.number(bound));
    }
  }

  /// No point in a window: of a series that was there, or of the metric at all.
  record Absence(String metric, double over) implements Condition {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public double reach() {
      return over;
    }

    @Override
    public List<Finding> findings(List<Series> all, double now) {
      var found = new ArrayList<Finding>();
      boolean any = false;
      MetricSelector selector = MetricSelector.parse(metric);
      for (Series series : all) {
        int points = series.until(now);
        if (series.is(selector) && points > 0) {
          any = true;
          double silent = now - series.time(points - 1);
          if (silent >= over) {
            found.add(new Finding(series.labels(), silent));
          }
        }
      }
      return any ? found : List.of(new Finding(Map.of(), Double.POSITIVE_INFINITY));
    }

    @Override
    public String promql() {
      return "absent_over_time(%s)".formatted(PromQl.range(metric, over));
    }
  }

  /// The mean of a window against that of the one before: by a share of it, up (above 0) or down. A
  /// series that is younger than both windows is not judged.
  record Change(String metric, double by, double over) implements Each {
    @Override
    public double reach() {
      return 2 * over;
    }

    @Override
    public double value(Series series, double now) {
      if (series.first() > now - 2 * over) {
        return Double.NaN;
      }
      double before = series.mean(now - 2 * over, now - over);
      return (series.mean(now - over, now) - before) / Math.abs(before);
    }

    @Override
    public boolean met(double value) {
      return by > 0 ? value >= by : value <= by;
    }

    @Override
    public String promql() {
      String range = PromQl.range(metric, over);
      String before = "avg_over_time(%s offset %s)".formatted(range, PromQl.time(over));
      return "(avg_over_time(%s) - %s) / abs(%s) %s %s"
          .formatted(range, before, before, by > 0 ? ">=" : "<=", PromQl.number(by));
    }
  }

  /// The line through a window crosses a bound within a time, such as a disk that fills. A series
  /// that is younger than half of the window is not judged: two points foretell no day.
  record Forecast(String metric, boolean above, double bound, double over, double ahead)
      implements Each {
    @Override
    public double reach() {
      return over;
    }

    @Override
    public double value(Series series, double now) {
      return series.first() > now - over / 2
          ? Double.NaN
          : series.forecast(now - over, now, now + ahead);
    }

    @Override
    public boolean met(double value) {
      return above ? value > bound : value < bound;
    }

    @Override
    public String promql() {
      return "predict_linear(%s, %s) %s %s"
          .formatted(
              PromQl.range(metric, over),
              PromQl.number(ahead),
              above ? ">" : "<",
              PromQl.number(bound));
    }
  }

  /// An error budget that burns too fast, by a long window and a short one (the short one ends the
  /// alert soon after the fault); after "Alerting on SLOs" in Google's Site Reliability Workbook.
  ///
  /// @param target the share that must succeed
  /// @param factor how many times as fast as the budget allows
  /// @param least so many errors in the long window: of three requests one that fails is no fire
  record Burn(
      String errors,
      String total,
      double target,
      double factor,
      double longWindow,
      double shortWindow,
      double least)
      implements Condition {
    @Override
    public List<String> metrics() {
      return List.of(errors, total);
    }

    @Override
    public double reach() {
      return Math.max(longWindow, shortWindow);
    }

    @Override
    public List<Finding> findings(List<Series> all, double now) {
      if (sum(all, errors, now - longWindow, now) < least) {
        return List.of();
      }
      double slow = rate(all, now - longWindow, now);
      double fast = rate(all, now - shortWindow, now);
      return slow >= factor && fast >= factor
          ? List.of(new Finding(Map.of(), Math.min(slow, fast)))
          : List.of();
    }

    private double rate(List<Series> all, double from, double to) {
      return sum(all, errors, from, to) / sum(all, total, from, to) / (1 - target);
    }

    private static double sum(List<Series> all, String metric, double from, double to) {
      double sum = 0;
      MetricSelector selector = MetricSelector.parse(metric);
      for (Series series : all) {
        if (series.is(selector)) {
          sum += series.increase(from, to);
        }
      }
      return sum;
    }

    @Override
    public String promql() {
      String bound = PromQl.number(factor * (1 - target));
      return "(%s >= %s) and (%s >= %s) and (sum(increase(%s)) >= %s)"
          .formatted(
              ratio(longWindow),
              bound,
              ratio(shortWindow),
              bound,
              PromQl.range(errors, longWindow),
              PromQl.number(least));
    }

    private String ratio(double window) {
      return "sum(increase(%s)) / sum(increase(%s))"
          .formatted(PromQl.range(errors, window), PromQl.range(total, window));
    }
  }

  /// The last value is not a finite number.
  record NotANumber(String metric) implements Each {
    @Override
    public double reach() {
      return 0;
    }

    @Override
    public double value(Series series, double now) {
      return series.value(series.until(now) - 1);
    }

    @Override
    public boolean met(double value) {
      return !Double.isFinite(value);
    }

    @Override
    public String promql() {
      String selector = PromQl.selector(metric);
      return "(%s != %s) or (abs(%s) == Inf)".formatted(selector, selector, selector);
    }
  }

  /// The last value lies so many standard deviations above the mean of the window before it.
  record Spike(String metric, double deviations, double over) implements Each {
    private static final int LEAST = 10;

    @Override
    public double reach() {
      return over;
    }

    @Override
    public double value(Series series, double now) {
      int last = series.until(now) - 1;
      int first = series.until(series.time(last) - over);
      int n = last - first;
      if (n < LEAST) {
        return Double.NaN;
      }
      double mean = 0;
      for (int i = first; i < last; i++) {
        mean += series.value(i) / n;
      }
      double squares = 0;
      for (int i = first; i < last; i++) {
        squares += (series.value(i) - mean) * (series.value(i) - mean);
      }
      return (series.value(last) - mean) / Math.sqrt(squares / n);
    }

    @Override
    public boolean met(double value) {
      return value >= deviations;
    }

    @Override
    public String promql() {
      // Prometheus has no "but the last": a minute's distance keeps the spike out of its own mean.
      String before = PromQl.range(metric, over) + " offset 1m";
      return "%s - avg_over_time(%s) >= %s * stddev_over_time(%s)"
          .formatted(PromQl.selector(metric), before, PromQl.number(deviations), before);
    }
  }

  /// A value that rises while all is well (a step) did not in a window.
  record Stall(String metric, double over) implements Each {
    @Override
    public double reach() {
      return over;
    }

    @Override
    public double value(Series series, double now) {
      int last = series.until(now) - 1;
      int at = last;
      while (at > 0 && series.value(at - 1) >= series.value(last)) {
        at--;
      }
      return now - series.time(at);
    }

    @Override
    public boolean met(double value) {
      return value >= over;
    }

    @Override
    public String promql() {
      return "changes(%s) == 0".formatted(PromQl.range(metric, over));
    }
  }

  /// Held-out loss lies so far above that of training, both as last told.
  record Gap(String metric, String heldOut, double bound) implements Condition {
    @Override
    public List<String> metrics() {
      return List.of(metric, heldOut);
    }

    @Override
    public double reach() {
      return 0;
    }

    @Override
    public List<Finding> findings(List<Series> all, double now) {
      var found = new ArrayList<Finding>();
      MetricSelector ofTraining = MetricSelector.parse(metric);
      MetricSelector ofHeldOut = MetricSelector.parse(heldOut);
      for (Series held : all) {
        int at = held.until(now);
        if (!held.is(ofHeldOut) || at == 0) {
          continue;
        }
        for (Series trained : all) {
          int last = trained.until(now);
          if (trained.is(ofTraining)
              && trained.labels().equals(held.labels())
              && last > 0
              && held.value(at - 1) - trained.value(last - 1) > bound) {
            found.add(new Finding(held.labels(), held.value(at - 1) - trained.value(last - 1)));
          }
        }
      }
      return found;
    }

    @Override
    public String promql() {
      return "%s - %s > %s"
          .formatted(PromQl.selector(heldOut), PromQl.selector(metric), PromQl.number(bound));
    }
  }
}
