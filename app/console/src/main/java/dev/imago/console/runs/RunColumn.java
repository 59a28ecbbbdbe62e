package dev.imago.console.runs;

import java.util.Arrays;

/// One field of many runs, one after the other. Runs of a kind share the arrays of their names, so
/// that a name is looked for once and not for each of a hundred thousand.
final class RunColumn {
  private static final int NOWHERE = -1;

  private final String field;
  private final boolean isMetric;
  private final boolean isSetting;
  private final String name;
  private String[] names = {};
  private int at = NOWHERE;

  RunColumn(String field) {
    this.field = field;
    this.isMetric = field.startsWith("m:");
    this.isSetting = field.startsWith("s:");
    this.name = isMetric || isSetting ? field.substring(2) : field;
  }

  private int at(String[] of) {
    if (of != names) {
      names = of;
      at = Arrays.binarySearch(of, name);
    }
    return at;
  }

  /// As [RunEntry#text].
  String text(RunEntry run) {
    if (!isSetting) {
      return run.text(field);
    }
    int place = at(run.settings().names());
    return place < 0 ? "" : run.settings().values()[place];
  }

  /// As [RunEntry#number].
  double number(RunEntry run) {
    if (isMetric) {
      int place = at(run.last().names());
      return place < 0 ? Double.NaN : run.last().values()[place];
    }
    return isSetting ? RunEntry.parsed(text(run)) : run.number(field);
  }
}
