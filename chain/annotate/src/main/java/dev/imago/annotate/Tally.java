package dev.imago.annotate;

import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Counts what was labelled and what was passed over, by reason.
final class Tally {
  static final List<String> HEADER = List.of("what", "count");

  private final Map<String, Long> dropped = new TreeMap<>();
  private final Map<Split, Long> kept = new EnumMap<>(Split.class);

  void dropped(String reason, long count) {
    if (count > 0) {
      dropped.merge(reason, count, Long::sum);
    }
  }

  void kept(Split split, long count) {
    kept.put(split, count);
  }

  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    dropped.forEach((reason, count) -> rows.add(List.of("not: " + reason, number(count))));
    kept.forEach((split, count) -> rows.add(List.of("pairs: " + split.fileName(), number(count))));
    return rows;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
