package dev.imago.data;

import java.io.IOException;

/// Content that is no text, or text in an encoding that cannot be told.
public final class NotTextException extends IOException {
  private static final long serialVersionUID = 1L;
  private final boolean binary;

  NotTextException(boolean binary, String detail) {
    super(detail);
    this.binary = binary;
  }

  /// Whether it is no text at all; else naming its encoding would help.
  public boolean binary() {
    return binary;
  }
}
