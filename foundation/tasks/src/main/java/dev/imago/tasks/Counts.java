package dev.imago.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How often something was there, was told, and was told rightly.
public final class Counts {
  private int gold;
  private int told;
  private int right;

  /// Counts one that is there.
  ///
  /// @param told whether it was told, too
  public void gold(boolean told) {
    gold++;
    right += told ? 1 : 0;
  }

  /// Counts one that was told, rightly or not.
  public void told() {
    told++;
  }

  /// Rightly told of those told; 0 where none was.
  public double precision() {
    return told == 0 ? 0 : (double) right / told;
  }

  /// Rightly told of those that are there; 0 where none is.
  public double recall() {
    return gold == 0 ? 0 : (double) right / gold;
  }

  /// The harmonic mean of the two; 0 where nothing was told rightly.
  public double f1() {
    return right == 0 ? 0 : 2.0 * right / (gold + told);
  }

  /// Adds another's counts.
  public void add(Counts other) {
    gold += other.gold;
    told += other.told;
    right += other.right;
  }

  /// Rows of a table: name, there, told, precision, recall, F1.
  public static List<List<String>> rows(Map<String, Counts> counts) {
    var rows = new ArrayList<List<String>>();
    counts.forEach(
        (name, c) ->
            rows.add(
                List.of(
                    name,
                    String.format(Locale.ROOT, "%,d", c.gold),
                    String.format(Locale.ROOT, "%,d", c.told),
                    percent(c.precision()),
                    percent(c.recall()),
                    percent(c.f1()))));
    return rows;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
