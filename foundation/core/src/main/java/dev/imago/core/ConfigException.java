package dev.imago.core;

/// A recipe, option or argument that cannot be: exit status 2.
public final class ConfigException extends ImagoException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 2;
  }
}
