package dev.imago.data;

import java.util.Locale;

/// The side of the one held-out split, made in prepare, that every later link respects.
public enum Split {
  TRAIN,
  HELDOUT;

  /// The name in files: `train`, `heldout`.
  public String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
