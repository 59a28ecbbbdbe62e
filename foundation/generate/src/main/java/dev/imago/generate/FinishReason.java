package dev.imago.generate;

/// Why an answer ended.
public enum FinishReason {
  /// The model ended it, or a stop text did.
  STOP,
  /// It reached the most tokens asked for, or the engine's longest context.
  LENGTH,
  /// Its reader cancelled it, or the engine was closed.
  CANCELLED
}
