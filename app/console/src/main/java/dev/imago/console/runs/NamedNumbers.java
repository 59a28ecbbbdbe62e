package dev.imago.console.runs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The last value of each metric, by name. Runs of the same metrics share the array of the names.
///
/// @param names in order
/// @param values of each name
public record NamedNumbers(String[] names, double[] values) {
  public static final NamedNumbers NONE = new NamedNumbers(new String[0], new double[0]);

  static NamedNumbers of(Map<String, Double> last, SharedNames shared) {
    var sorted = new TreeMap<>(last);
    double[] values = sorted.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new NamedNumbers(shared.names(List.copyOf(sorted.keySet())), values);
  }

  public boolean has(String name) {
    return Arrays.binarySearch(names, name) >= 0;
  }

  /// The value of a name; not a number where there is none.
  public double get(String name) {
    int at = Arrays.binarySearch(names, name);
    return at < 0 ? Double.NaN : values[at];
  }

  public int size() {
    return names.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedNumbers that
        && Arrays.equals(names, that.names)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(names) + "=" + Arrays.toString(values);
  }
}
