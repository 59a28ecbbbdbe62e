package dev.imago.core;

/// Data that cannot be used: broken, empty, too large, failing a gate: exit status 3.
public final class InputException extends ImagoException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 3;
  }
}
