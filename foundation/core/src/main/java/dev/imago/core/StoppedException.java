package dev.imago.core;

/// A run that was told to stop, by Ctrl-C say, and has: exit status 130. Its message says what was
/// kept of the step at work.
public final class StoppedException extends ImagoException {
  private static final long serialVersionUID = 1L;

  public StoppedException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 130;
  }
}
