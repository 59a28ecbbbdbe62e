package dev.imago.annotation;

/// A row that cannot be read; the rest goes on.
final class RowFault extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param message the value and the bound, in plain words
  RowFault(String message) {
    super(message, null, false, false);
  }
}
