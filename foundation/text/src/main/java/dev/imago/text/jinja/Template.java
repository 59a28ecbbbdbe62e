package dev.imago.text.jinja;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A parsed template. Immutable and thread-safe.
public final class Template {
  private final List<Node.Statement> statements;

  private Template(List<Node.Statement> statements) {
    this.statements = statements;
  }

  /// Parses a template.
  ///
  /// @throws TemplateException naming the line that is no Jinja
  public static Template parse(String source) {
    return new Template(Parser.parse(source));
  }

  /// Carries the template out.
  ///
  /// @param variables Boolean, Long, Double, String, List, Map and Optional.empty() for none
  /// @param strftimeNow the time in a format of Python's strftime
  /// @throws TemplateException when the template refuses the values, or is broken
  public String render(Map<String, ?> variables, UnaryOperator<String> strftimeNow) {
    var globals = new HashMap<String, Object>();
    globals.put(
        "raise_exception",
        (Values.Callable)
            (a, n) -> {
              throw new TemplateException(
                  "the chat template refuses this conversation: "
                      + (a.isEmpty() ? "" : Values.text(a.getFirst())));
            });
    globals.put(
        "strftime_now", (Values.Callable) (a, n) -> strftimeNow.apply(Values.text(a.getFirst())));
    variables.forEach((name, value) -> globals.put(name, value(value)));
    return Renderer.render(statements, globals);
  }

  private static Object value(Object value) {
    return switch (value) {
      case Optional<?> none -> Values.None.NONE;
      case List<?> list -> list.stream().map(Template::value).toList();
      case Map<?, ?> map -> {
        var values = new LinkedHashMap<Object, Object>();
        map.forEach((k, v) -> values.put(k, value(v)));
        yield values;
      }
      default -> value;
    };
  }
}
