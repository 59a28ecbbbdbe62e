package dev.imago.alerts;

import java.util.Map;
import java.util.TreeMap;

/// One rule.
///
/// @param alert its name
/// @param condition when it is met
/// @param hold seconds for which it must be met before the alert fires
/// @param labels of its alerts, such as a severity
/// @param annotations what is told with them
record AlertRule(
    String alert,
    Condition condition,
    double hold,
    Map<String, String> labels,
    Map<String, String> annotations) {
  AlertRule {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /// The labels of one of its alerts; the rule's own win.
  Map<String, String> labels(Condition.Finding finding) {
    var all = new TreeMap<>(finding.labels());
    all.putAll(labels);
    all.put("alertname", alert);
    return all;
  }
}
