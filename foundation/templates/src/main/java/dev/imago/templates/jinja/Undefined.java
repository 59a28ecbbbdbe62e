package dev.imago.templates.jinja;

import java.util.function.Supplier;

/// What nothing defines: empty text, false, no items; an error when it is used any further.
final class Undefined {
  // Built only when it is said: templates ask for much that is not there.
  private final Supplier<String> message;

  private Undefined(Supplier<String> message) {
    this.message = message;
  }

  Undefined(String message) {
    this(() -> message);
  }

  static Undefined name(String name) {
    return new Undefined(() -> "«" + name + "» is undefined");
  }

  /// What a value does not have.
  static Undefined of(Object value, Object attribute) {
    return new Undefined(
        () -> Python.kind(value) + " has no " + Repr.shortly(attribute) + "; check for it first");
  }

  /// What a value has, but transformers' sandbox gives no template.
  static Undefined unsafe(Object value, String attribute) {
    return new Undefined(
        () ->
            "a template may not use %s of %s; it may look at values, not change them"
                .formatted(Repr.shortly(attribute), Python.kind(value)));
  }

  String message() {
    return message.get();
  }

  /// What stands for it where it is used as a value.
  ///
  /// @throws TemplateException where the template's dialect has it an error
  <T> T as(T value) {
    if (Budget.dialect() == Dialect.FIELDS) {
      throw error();
    }
    return value;
  }

  TemplateException error() {
    return new TemplateException(message());
  }
}
