package dev.imago.cli.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What came of one combination of settings on one rung.
///
/// @param number of the combination, from 1
/// @param rung from 0
/// @param budget of the rung, as the recipe says it; empty for the recipe's own
/// @param settings as the recipe says them
/// @param key of the step that was measured, or that failed
/// @param failed why it failed; empty where it did not
/// @param value of the metric; NaN where it failed
/// @param heldoutLoss at the end; NaN where none was measured. Nothing goes by it
/// @param seconds that the measured step took, its last part where it was broken off
/// @param run whose curve it is
/// @param left reference of what it left
public record Trial(
    int number,
    int rung,
    String budget,
    Map<String, String> settings,
    String key,
    String failed,
    double value,
    double heldoutLoss,
    double seconds,
    String run,
    String left) {
  public Trial {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  public boolean done() {
    return failed.isEmpty();
  }
}
