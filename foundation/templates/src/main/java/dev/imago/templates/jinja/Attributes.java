package dev.imago.templates.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Python's values have by name: methods, and a few plain values. None changes its value, as
/// transformers' sandbox has it.
final class Attributes {
  private static final Set<String> DICT_CHANGES =
      Set.of("clear", "pop", "popitem", "setdefault", "update");
  private static final Set<String> LIST_CHANGES =
      Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
  private static final Set<String> INTEGER_REST =
      Set.of("as_integer_ratio", "bit_count", "from_bytes", "to_bytes");
  private static final Set<String> FLOAT_REST = Set.of("as_integer_ratio", "fromhex", "hex");

  private Attributes() {}

  /// An attribute, or null where the value has none of that name.
  static @Nullable Object of(Object value, String name) {
    if (name.startsWith("__") && name.endsWith("__")) {
      return value instanceof Dict d && d.contains(name) ? null : Undefined.unsafe(value, name);
    }
    return switch (value) {
      case String s -> StringMethods.of(s, name);
      case Markup m -> ofMarkup(m, name);
      case Dict d -> ofDict(d, name);
      case DictView v -> name.equals("mapping") ? v.dict() : null;
      case Range r -> ofRange(r, name);
      case List<?> list -> ofList(list, name);
      case Tuple t -> ofSequence(t.items(), name);
      case GroupedItems g -> ofGroup(g, name);
      case Boolean b -> ofInteger(b ? 1L : 0L, name);
      case Long n -> ofInteger(n, name);
      case BigInteger n -> ofInteger(n, name);
      case Double d -> ofFloat(d, name);
      case LoopContext l -> l.attribute(name);
      case Cycler c -> c.attribute(name);
      case Macro m -> m.attribute(name);
      case Namespace n -> n.names.get(name);
      default -> null;
    };
  }

  private static Function unsupported(String name) {
    return a -> {
      throw new TemplateException(
          "the method «" + name + "» is not carried out here; no chat template is known to use it");
    };
  }

  private static @Nullable Object ofDict(Dict dict, String name) {
    return switch (name) {
      case "items" -> view(dict, DictView.Part.ITEMS, name);
      case "keys" -> view(dict, DictView.Part.KEYS, name);
      case "values" -> view(dict, DictView.Part.VALUES, name);
      case "get" ->
          (Function)
              arguments -> {
                var a = arguments.bind("get", "/key", "/default?");
                return dict.get(a.get(0), a.get(1, None.NONE));
              };
      case "copy" ->
          (Function)
              arguments -> {
                arguments.bind("copy");
                var copy = new Dict();
                Budget.makeItems(dict.size());
                dict.entries().forEach(e -> copy.put(e.key(), e.value()));
                return copy;
              };
      case "fromkeys" -> unsupported(name);
      default -> DICT_CHANGES.contains(name) ? Undefined.unsafe(dict, name) : null;
    };
  }

  private static Function view(Dict dict, DictView.Part part, String name) {
    return arguments -> {
      arguments.bind(name);
      return new DictView(dict, part);
    };
  }

  private static @Nullable Object ofList(List<?> list, String name) {
    return switch (name) {
      case "copy" ->
          (Function)
              arguments -> {
                arguments.bind(name);
                return Python.list(list);
              };
      default ->
          LIST_CHANGES.contains(name) ? Undefined.unsafe(list, name) : ofSequence(list, name);
    };
  }

  private static @Nullable Object ofSequence(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          (Function)
              arguments -> {
                var a = arguments.bind("index", "/value", "/start?", "/stop?");
                int n = list.size();
                for (long i = place(a.integer(1, 0), n); i < place(a.integer(2, n), n); i++) {
                  if (Python.equal(list.get((int) i), a.get(0))) {
                    return i;
                  }
                }
                throw new TemplateException(Repr.shortly(a.get(0)) + " is not in the list");
              };
      case "count" ->
          (Function)
              arguments -> {
                Object wanted = arguments.bind("count", "/value").get(0);
                return list.stream().filter(x -> Python.equal(x, wanted)).count();
              };
      default -> null;
    };
  }

  private static long place(long index, int n) {
    return Math.clamp(index < 0 ? index + n : index, 0, n);
  }

  private static @Nullable Object ofRange(Range range, String name) {
    return switch (name) {
      case "start" -> range.from;
      case "stop" -> range.to;
      case "step" -> range.step;
      default -> ofSequence(range, name);
    };
  }

  private static @Nullable Object ofGroup(GroupedItems group, String name) {
    return switch (name) {
      case "grouper" -> group.grouper();
      case "list" -> group.items();
      default -> ofSequence(group.tuple().items(), name);
    };
  }

  private static @Nullable Object ofInteger(Object n, String name) {
    return switch (name) {
      case "real", "numerator" -> n;
      case "imag" -> 0L;
      case "denominator" -> 1L;
      case "conjugate" -> (Function) a -> n;
      case "bit_length" -> (Function) a -> (long) Arithmetic.big(n).abs().bitLength();
      default -> INTEGER_REST.contains(name) ? unsupported(name) : null;
    };
  }

  private static @Nullable Object ofFloat(double d, String name) {
    return switch (name) {
      case "real" -> d;
      case "imag" -> 0.0;
      case "conjugate" -> (Function) a -> d;
      case "is_integer" -> (Function) a -> d == Math.rint(d) && !Double.isInfinite(d);
      default -> FLOAT_REST.contains(name) ? unsupported(name) : null;
    };
  }

  /// A string's methods, of which what is text stays safe and what is given is escaped.
  private static @Nullable Object ofMarkup(Markup markup, String name) {
    if (name.equals("format") || name.equals("format_map")) {
      return (Function)
          a ->
              new Markup(
                  BraceFormat.format(
                      markup.text(), name.equals("format") ? a : BraceFormat.mapped(a), true));
    }
    Function method = StringMethods.of(markup.text(), name);
    return method == null ? null : (Function) a -> safe(method.call(escaped(a)));
  }

  private static Arguments escaped(Arguments arguments) {
    return new Arguments(
        arguments.positional().stream()
            .map(
                value ->
                    value instanceof List<?> list
                        ? list.stream().map(x -> (Object) Markup.escape(x).text()).toList()
                        : Markup.escapeText(value))
            .toList(),
        arguments.named());
  }

  private static Object safe(Object value) {
    return switch (value) {
      case String s -> new Markup(s);
      case Tuple(var items) -> new Tuple(items.stream().map(Attributes::safe).toList());
      case List<?> list -> list.stream().map(Attributes::safe).toList();
      default -> value;
    };
  }
}
