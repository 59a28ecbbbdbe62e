package dev.imago.core;

/// An error that a user can mend: its message gives the value, the bound and the mend, and is all
/// that a user sees unless `--debug` asks for the trace. Anything else thrown is a defect of ours.
public abstract sealed class ImagoException extends RuntimeException
    permits ConfigException, InputException, EnvironmentException, StoppedException {
  private static final long serialVersionUID = 1L;

  ImagoException(String message) {
    super(message);
  }

  ImagoException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The process's exit status for this kind of error.
  public abstract int exitCode();
}
