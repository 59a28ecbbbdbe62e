package dev.imago.templates.jinja;

import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every template finds: Jinja's functions and transformers' two, and the values that the
/// caller brings in, made Python's.
final class Globals {
  private static final int MAX_NESTING = 200;

  private Globals() {}

  static Scope of(Clock clock) {
    var scope = new Scope(null);
    scope.put("range", (Function) Globals::range);
    scope.put("namespace", (Function) Globals::namespace);
    scope.put("dict", (Function) a -> dictionary("dict", a));
    scope.put("cycler", (Function) Cycler::of);
    scope.put("joiner", (Function) Globals::joiner);
    scope.put(
        "lipsum",
        (Function)
            a -> {
              throw new TemplateException(
                  "lipsum() is made up by chance; a chat template gives one text for one"
                      + " conversation");
            });
    scope.put(
        "raise_exception",
        (Function)
            a -> {
              throw new TemplateException(
                  "the chat template refuses this conversation: "
                      + Repr.text(a.bind("raise_exception", "message").get(0)));
            });
    scope.put(
        "strftime_now",
        (Function)
            a ->
                Strftime.format(
                    a.bind("strftime_now", "format").string(0), LocalDateTime.now(clock), clock));
    return scope;
  }

  private static Object range(Arguments arguments) {
    var a = arguments.bind("range", "/start", "/stop?", "/step?");
    long first = Python.integer(a.get(0));
    return a.has(1) ? Range.of(first, a.integer(1, 0), a.integer(2, 1)) : Range.of(0, first, 1);
  }

  private static Object namespace(Arguments arguments) {
    var namespace = new Namespace();
    for (Dict.Entry entry : dictionary("namespace", arguments).entries()) {
      namespace.names.put(Repr.text(entry.key()), entry.value());
    }
    return namespace;
  }

  /// `dict(mapping or pairs, name=value …)`
  private static Dict dictionary(String function, Arguments arguments) {
    if (arguments.count() > 1) {
      throw new TemplateException("«" + function + "» takes one mapping at most");
    }
    var dict = new Dict();
    if (arguments.count() == 1) {
      if (arguments.at(0) instanceof Dict given) {
        given.entries().forEach(e -> dict.put(e.key(), e.value()));
      } else {
        for (Object pair : Python.list(arguments.at(0))) {
          List<Object> two = Python.list(pair);
          if (two.size() != 2) {
            throw new TemplateException("«" + function + "» wants pairs, not " + two.size());
          }
          dict.put(two.get(0), two.get(1));
        }
      }
    }
    arguments.named().forEach(dict::put);
    Budget.makeItems(dict.size());
    return dict;
  }

  private static Object joiner(Arguments arguments) {
    Object separator = arguments.bind("joiner", "sep?").get(0, ", ");
    boolean[] used = {false};
    return (Function)
        a -> {
          a.bind("joiner");
          Object text = used[0] ? separator : "";
          used[0] = true;
          return text;
        };
  }

  /// A value of Java as one of Python.
  ///
  /// @param place where it stands, for a message
  static Object value(@Nullable Object value, String place) {
    return value(value, place, 0);
  }

  private static Object value(@Nullable Object value, String place, int depth) {
    if (depth > MAX_NESTING) {
      throw new TemplateException(
          "the variable «" + place + "» nests more than " + MAX_NESTING + " deep");
    }
    Budget.spend(1);
    return switch (value) {
      case null -> None.NONE;
      case String s -> s;
      case Boolean b -> b;
      case Long n -> n;
      case Integer n -> n.longValue();
      case Short n -> n.longValue();
      case Byte n -> n.longValue();
      case BigInteger n -> Arithmetic.normal(n);
      case Double d -> d;
      case Float f -> f.doubleValue();
      case Map<?, ?> map -> {
        var dict = new Dict();
        for (var entry : new LinkedHashMap<>(map).entrySet()) {
          dict.put(
              value(entry.getKey(), place, depth + 1), value(entry.getValue(), place, depth + 1));
        }
        yield dict;
      }
      case Iterable<?> items -> {
        var list = new ArrayList<Object>();
        items.forEach(item -> list.add(value(item, place, depth + 1)));
        yield list;
      }
      default ->
          throw new TemplateException(
              "the variable «%s» holds a %s; there may be null, booleans, numbers, strings, lists and"
                      .formatted(place, value.getClass().getName())
                  + " maps");
    };
  }
}
