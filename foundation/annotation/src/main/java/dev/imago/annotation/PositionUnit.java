package dev.imago.annotation;

/// What a position in a text counts.
public enum PositionUnit {
  /// Unicode's code points, as Python has them.
  CODE_POINTS,
  /// Java's and JavaScript's characters: two for what is beyond U+FFFF.
  UTF16,
  /// Of UTF-8.
  BYTES;

  /// By its name in files.
  public String label() {
    return this == CODE_POINTS ? "code_points" : this == UTF16 ? "utf16" : "bytes";
  }
}
