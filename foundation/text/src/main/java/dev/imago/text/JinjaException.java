package dev.imago.text;

/// A chat template that cannot be read or rendered.
final class JinjaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  JinjaException(int line, String message) {
    super("chat template, line " + line + ": " + message);
  }

  JinjaException(String message) {
    super(message);
  }
}
