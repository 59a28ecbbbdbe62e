package dev.imago.console.runs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Settings by name. Runs of one stage share the array of their names.
///
/// @param names in order
/// @param values of each name
public record NamedTexts(String[] names, String[] values) {
  public static final NamedTexts NONE = new NamedTexts(new String[0], new String[0]);

  static NamedTexts of(Map<String, String> settings, SharedNames shared) {
    var sorted = new TreeMap<>(settings);
    String[] values = sorted.values().stream().map(shared::text).toArray(String[]::new);
    return new NamedTexts(shared.names(List.copyOf(sorted.keySet())), values);
  }

  /// The value of a name; empty where there is none.
  public String get(String name) {
    int at = Arrays.binarySearch(names, name);
    return at < 0 ? "" : values[at];
  }

  public int size() {
    return names.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedTexts that
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
