package dev.imago.suites;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The values of a table of texts by type, as pandas tells them: a column is of numbers or of
/// booleans where all its values are, and some words stand for no value.
final class CsvColumns {
  private static final Set<String> NONE =
      Set.of(
          "",
          "#N/A",
          "#N/A N/A",
          "#NA",
          "-1.#IND",
          "-1.#QNAN",
          "-NaN",
          "-nan",
          "1.#IND",
          "1.#QNAN",
          "<NA>",
          "N/A",
          "NA",
          "NULL",
          "NaN",
          "None",
          "n/a",
          "nan",
          "null");

  private CsvColumns() {}

  static List<Map<String, @Nullable Object>> typed(List<Map<String, @Nullable Object>> rows) {
    var names = new LinkedHashSet<String>();
    rows.forEach(row -> names.addAll(row.keySet()));
    for (String name : names) {
      boolean gaps = rows.stream().anyMatch(row -> isNone(row.get(name)));
      if (all(rows, name, v -> v.matches("[+-]?\\d{1,18}"))) {
        // With gaps, pandas has no whole numbers.
        change(rows, name, v -> gaps ? (Object) Double.valueOf(v) : (Object) Long.valueOf(v));
      } else if (all(rows, name, CsvColumns::isNumber)) {
        change(rows, name, Double::valueOf);
      } else if (!gaps && all(rows, name, v -> v.matches("True|False|TRUE|FALSE|true|false"))) {
        change(rows, name, v -> Boolean.valueOf(v));
      } else {
        change(rows, name, v -> v);
      }
    }
    return rows;
  }

  private static boolean isNone(@Nullable Object value) {
    return value == null || value instanceof String s && NONE.contains(s);
  }

  private static boolean isNumber(String value) {
    return value.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  }

  private static boolean all(
      List<Map<String, @Nullable Object>> rows, String name, Predicate<String> is) {
    boolean some = false;
    for (Map<String, @Nullable Object> row : rows) {
      if (!isNone(row.get(name))) {
        some = true;
        if (!(row.get(name) instanceof String s) || !is.test(s)) {
          return false;
        }
      }
    }
    return some;
  }

  private static void change(
      List<Map<String, @Nullable Object>> rows,
      String name,
      java.util.function.Function<String, Object> to) {
    for (Map<String, @Nullable Object> row : rows) {
      var copy = new LinkedHashMap<>(row);
      Object value = row.get(name);
      copy.put(name, isNone(value) ? null : value instanceof String s ? to.apply(s) : value);
      row.clear();
      row.putAll(copy);
    }
  }
}
