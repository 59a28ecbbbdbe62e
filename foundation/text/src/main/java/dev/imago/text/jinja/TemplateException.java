package dev.imago.text.jinja;

/// A template that cannot be read or rendered; the message names the line where one is at fault.
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  TemplateException(int line, String message) {
    super("chat template, line " + line + ": " + message);
  }

  TemplateException(String message) {
    super(message);
  }
}
