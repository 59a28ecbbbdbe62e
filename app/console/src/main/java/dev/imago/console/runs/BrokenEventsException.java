package dev.imago.console.runs;

import java.io.IOException;

/// An event file that is none, or that is damaged before its end.
public final class BrokenEventsException extends IOException {
  private static final long serialVersionUID = 1L;

  public BrokenEventsException(String message) {
    super(message);
  }
}
