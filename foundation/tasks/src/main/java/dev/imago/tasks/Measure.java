package dev.imago.tasks;

import java.util.function.ToDoubleFunction;

/// What is measured over held-out examples.
///
/// @param name such as `accuracy`
/// @param proportion whether it is a share of the examples, each right or wrong by itself, so that
///   an interval follows from their number
/// @param unit what it is in; `0–100` is a share in hundredths
/// @param of some examples, by their places, repeats counted: 0 … 1 for a share
public record Measure(String name, boolean proportion, String unit, ToDoubleFunction<int[]> of) {
  /// Of shares.
  public static final String PERCENT = "0–100";

  /// A share: 0 … 1, or −1 … 1 of what can be turned round.
  public Measure(String name, boolean proportion, ToDoubleFunction<int[]> of) {
    this(name, proportion, PERCENT, of);
  }

  /// The value as it is shown.
  public double shown(int[] units) {
    return of.applyAsDouble(units) * (unit.equals(PERCENT) ? 100 : 1);
  }
}
