package dev.imago.templates.jinja;

/// A template that cannot be read or rendered; the message names the line where one is at fault.
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final boolean located;

  TemplateException(int line, String message) {
    super("chat template, line " + line + ": " + message);
    located = true;
  }

  TemplateException(String message) {
    super(message);
    located = false;
  }

  /// The same, with its line where it has none.
  TemplateException at(int line) {
    return located ? this : new TemplateException(line, String.valueOf(getMessage()));
  }
}
