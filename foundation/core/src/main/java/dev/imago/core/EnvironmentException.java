package dev.imago.core;

/// A machine that cannot do what is asked: full disk, busy port, missing module: exit status 4.
public final class EnvironmentException extends ImagoException {
  private static final long serialVersionUID = 1L;

  public EnvironmentException(String message) {
    super(message);
  }

  public EnvironmentException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 4;
  }
}
