package dev.imago.generate;

import org.jspecify.annotations.Nullable;

/// Who keeps the tally of what requests that run together take of energy. Thread-safe.
public interface EnergyTally {
  /// Begins a request.
  Share begin();

  /// One request's share.
  interface Share {
    /// Takes note of tokens that the model read for it.
    void did(int tokens);

    /// Ends it.
    ///
    /// @return what it took; null where that is not known
    @Nullable Joules end();
  }

  /// Energy between two bounds.
  ///
  /// @param counted whether counters said it; both bounds are the same then
  /// @param source who says so
  record Joules(double low, double high, boolean counted, String source) {}
}
