package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Node.Body;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/// A parsed template. Immutable and thread-safe.
///
/// It is carried out as transformers does: a sandbox in which values cannot be changed,
/// `trim_blocks` and `lstrip_blocks` on, `break` and `continue`, `{% generation %}`, a `tojson`
/// that leaves HTML alone, `raise_exception` and `strftime_now`. Of jinja2's own, only what a
/// template that stands alone cannot use is missing: other templates, translations, autoescape and
/// chance.
public final class Template {
  /// The largest that is read; real ones have tens of thousands at most.
  public static final int MAX_SOURCE_CHARS = 4 << 20;

  private final Body body;
  private final Dialect dialect;
  private final Map<Body, Set<String>> hidden;

  private Template(Body body, Dialect dialect) {
    this.body = body;
    this.dialect = dialect;
    this.hidden = Names.hidden(body);
  }

  /// Parses a chat template.
  ///
  /// @throws TemplateException naming the line that is no Jinja
  public static Template parse(String source) {
    return parse(source, Dialect.CHAT);
  }

  /// Parses a template.
  ///
  /// @throws TemplateException naming the line that is no Jinja
  public static Template parse(String source, Dialect dialect) {
    if (source.length() > MAX_SOURCE_CHARS) {
      throw new TemplateException(
          "a chat template of %d characters; the largest that is read has %d"
              .formatted(source.length(), MAX_SOURCE_CHARS));
    }
    Body body = Parser.parse(source, dialect);
    Checks.check(body, dialect);
    return new Template(body, dialect);
  }

  /// Carries the template out.
  ///
  /// @param variables values as JSON has them: null, Boolean, whole and floating numbers, String,
  ///   Iterable and Map, within each other
  /// @param clock what `strftime_now` reads, in its zone
  /// @throws TemplateException when the template refuses the values (its own words), or is broken
  ///   (naming the line), or asks for more than a rendering may use
  public Rendering render(Map<String, ?> variables, Clock clock) {
    return Budget.within(
        dialect,
        () -> {
          Scope globals = Globals.of(clock);
          variables.forEach((name, value) -> globals.put(name, Globals.value(value, name)));
          return Renderer.render(body, hidden, globals);
        });
  }
}
