package dev.imago.templates;

import dev.imago.templates.jinja.Dialect;
import dev.imago.templates.jinja.Template;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;

/// A text made of a row's fields by Jinja, as lm-evaluation-harness sets it up: line ends are kept,
/// a field that is not there is an error, and there is a filter `regex_replace`. Immutable and
/// thread-safe; its work is bounded as a chat template's is.
public final class FieldTemplate {
  private final Template template;

  private FieldTemplate(Template template) {
    this.template = template;
  }

  /// Parses a template.
  ///
  /// @throws IllegalArgumentException naming the line that is no Jinja
  public static FieldTemplate of(String jinja) {
    return new FieldTemplate(told(() -> Template.parse(jinja, Dialect.FIELDS)));
  }

  /// Carries the template out.
  ///
  /// @param fields by name, as JSON has them
  /// @throws IllegalArgumentException for a field that is not there, or a template that is broken
  public String render(Map<String, ?> fields) {
    return told(() -> template.render(fields, Clock.systemDefaultZone()).text());
  }

  private static <T> T told(Supplier<T> act) {
    try {
      return act.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.valueOf(e.getMessage()).replaceFirst("^chat template", "template"), e);
    }
  }
}
