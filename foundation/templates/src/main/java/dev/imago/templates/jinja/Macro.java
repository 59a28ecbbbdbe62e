package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A macro, or the body of a call block, which has no name.
final class Macro implements Function {
  /// Carries a macro's body out.
  @FunctionalInterface
  interface Run {
    /// @param special the values of `caller`, `kwargs` and `varargs`, where the body uses them
    String run(Map<String, Object> given, Map<String, Object> special);
  }

  private final String name;
  private final Node.Signature signature;
  private final Run body;

  Macro(String name, Node.Signature signature, Run body) {
    this.name = name;
    this.signature = signature;
    this.body = body;
  }

  @Override
  public Object call(Arguments arguments) {
    List<String> parameters = signature.parameters();
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    Map<String, Object> given = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      if (i < arguments.count()) {
        given.put(parameter, arguments.at(i));
      } else if (named.containsKey(parameter)) {
        given.put(parameter, named.remove(parameter));
      }
    }
    Map<String, Object> special = new LinkedHashMap<>();
    if (signature.usesCaller()) {
      Object caller = named.remove("caller");
      special.put(
          "caller",
          caller == null || caller == None.NONE ? new Undefined("No caller defined") : caller);
    }
    if (signature.usesKwargs()) {
      special.put("kwargs", Dict.ofNames(named));
    } else if (!named.isEmpty()) {
      throw new TemplateException(
          "the macro «%s» takes no argument «%s»; it has %s"
              .formatted(name, named.keySet().iterator().next(), parameters));
    }
    int extra = Math.min(parameters.size(), arguments.count());
    if (signature.usesVarargs()) {
      special.put(
          "varargs",
          new Tuple(new ArrayList<>(arguments.positional().subList(extra, arguments.count()))));
    } else if (arguments.count() > parameters.size()) {
      throw new TemplateException(
          "the macro «%s» takes %d arguments, not %d"
              .formatted(name, parameters.size(), arguments.count()));
    }
    return body.run(given, special);
  }

  Object attribute(String attribute) {
    return switch (attribute) {
      case "name" -> name.isEmpty() ? None.NONE : name;
      case "arguments" -> new Tuple(new ArrayList<>(signature.parameters()));
      case "catch_kwargs" -> signature.usesKwargs();
      case "catch_varargs" -> signature.usesVarargs();
      case "caller" -> signature.usesCaller();
      case "explicit_caller" -> signature.parameters().contains("caller");
      default -> Undefined.of(this, attribute);
    };
  }

  @Override
  public String toString() {
    return name.isEmpty() ? "<Macro anonymous>" : "<Macro " + Repr.repr(name) + ">";
  }
}
