package dev.imago.annotate;

import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Counts what was labelled and what was passed over, by reason and labeller.
final class LabelCounts {
  private final List<String> labellers;
  private final Map<String, long[]> dropped = new TreeMap<>();
  private final Map<Split, long[]> kept = new EnumMap<>(Split.class);

  /// @param labellers their names, in the order of the table's columns
  LabelCounts(List<String> labellers) {
    this.labellers = List.copyOf(labellers);
    for (Split split : Split.values()) {
      kept.put(split, new long[labellers.size()]);
    }
  }

  void dropped(String labeller, String reason) {
    dropped.computeIfAbsent(reason, r -> new long[labellers.size()])[column(labeller)]++;
  }

  void kept(String labeller, Split split) {
    kept.computeIfAbsent(split, s -> new long[labellers.size()])[column(labeller)]++;
  }

  private int column(String labeller) {
    return labellers.indexOf(labeller);
  }

  List<String> header() {
    var header = new ArrayList<String>();
    header.add("what");
    header.addAll(labellers);
    return header;
  }

  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    dropped.forEach((reason, counts) -> rows.add(row("not: " + reason, counts)));
    kept.forEach((split, counts) -> rows.add(row("pairs: " + split.fileName(), counts)));
    return rows;
  }

  private static List<String> row(String what, long[] counts) {
    var row = new ArrayList<String>();
    row.add(what);
    for (long count : counts) {
      row.add(String.format(Locale.ROOT, "%,d", count));
    }
    return row;
  }
}
