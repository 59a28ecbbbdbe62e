package dev.imago.alerts;

import java.util.Map;
import java.util.Objects;

/// An alert, as it is now.
///
/// @param labels what it is known by: `alertname`, those of its rule and of its series
/// @param annotations what its rule tells with it
/// @param status where it stands
/// @param since when its condition was first met, in seconds since 1970
/// @param until when its condition was met no more; 0 while it is
/// @param value what was measured last while it was met
/// @param told whether its firing was told
public record Alert(
    Map<String, String> labels,
    Map<String, String> annotations,
    Status status,
    double since,
    double until,
    double value,
    boolean told) {
  /// Where an alert stands.
  public enum Status {
    /// Its condition is met, but not for long enough yet.
    PENDING,
    FIRING,
    /// It fired, and its condition is met no more.
    RESOLVED
  }

  public Alert {
    Objects.requireNonNull(status, "status");
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /// The name of its rule.
  public String name() {
    return labels.getOrDefault("alertname", "");
  }

  Alert as(Status next, double now, double measured) {
    return new Alert(
        labels, annotations, next, since, next == Status.RESOLVED ? now : 0, measured, told);
  }

  Alert begun(double time) {
    return new Alert(labels, annotations, status, time, until, value, told);
  }

  Alert told(boolean now) {
    return new Alert(labels, annotations, status, since, until, value, now);
  }
}
