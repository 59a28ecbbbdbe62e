package dev.imago.tasks;

import dev.imago.metrics.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The table of how well each label is told.
public final class ByLabel {
  private ByLabel() {}

  /// Rows: name, there, told, precision, recall, F1.
  public static List<List<String>> rows(Map<String, Counts> counts) {
    var rows = new ArrayList<List<String>>();
    counts.forEach(
        (name, c) ->
            rows.add(
                List.of(
                    name,
                    String.format(Locale.ROOT, "%,d", c.support()),
                    String.format(Locale.ROOT, "%,d", c.predicted()),
                    percent(c.precision()),
                    percent(c.recall()),
                    percent(c.f1()))));
    return rows;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
