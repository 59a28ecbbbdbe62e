package dev.imago.generate;

import org.jspecify.annotations.Nullable;

/// Where a request's time went, as the engine saw it: no reader's waiting is in it; and what it
/// took of energy, beside what else went on.
///
/// @param queueNanos from its submission to the first step that took it in
/// @param prefillNanos from there to its first token
/// @param decodeNanos from its first token to its last
/// @param energy its share of what the process took; null where that is not known
public record Timing(
    long queueNanos, long prefillNanos, long decodeNanos, EnergyTally.@Nullable Joules energy) {
  /// Of what never ran.
  public static final Timing NONE = new Timing(0, 0, 0);

  /// Of a request whose energy is not known.
  public Timing(long queueNanos, long prefillNanos, long decodeNanos) {
    this(queueNanos, prefillNanos, decodeNanos, null);
  }
}
