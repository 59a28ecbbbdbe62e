package dev.imago.linear;

/// What weights cost.
public enum Penalty {
  /// Their squares: all are small.
  L2,
  /// Their sizes: most are 0.
  L1
}
