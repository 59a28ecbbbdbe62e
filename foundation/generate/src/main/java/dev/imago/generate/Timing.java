package dev.imago.generate;

/// Where a request's time went, as the engine saw it: no reader's waiting is in it.
///
/// @param queueNanos from its submission to the first step that took it in
/// @param prefillNanos from there to its first token
/// @param decodeNanos from its first token to its last
public record Timing(long queueNanos, long prefillNanos, long decodeNanos) {
  /// Of what never ran.
  public static final Timing NONE = new Timing(0, 0, 0);
}
