package dev.imago.console.runs;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an address or a form asks for, by name. All of it is what a client sent: bounded, and of
/// any content.
public record Asked(Map<String, List<String>> values) {
  public static final Asked NOTHING = new Asked(Map.of());

  private static final int LONGEST = 20_000;

  public Asked {
    values = Map.copyOf(values);
  }

  /// The first value of a name; empty where there is none.
  public String first(String name) {
    List<String> all = values.getOrDefault(name, List.of());
    String value = all.isEmpty() ? "" : all.getFirst();
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST);
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  public boolean has(String name) {
    return !first(name).isEmpty();
  }

  /// A whole number between bounds, else what is usual.
  public int whole(String name, int usual, int least, int most) {
    return number(name).map(n -> (int) Math.clamp(Math.rint(n), least, most)).orElse(usual);
  }

  /// A number that is one.
  public Optional<Double> number(String name) {
    double value = RunEntry.parsed(first(name).strip());
    return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
  }
}
