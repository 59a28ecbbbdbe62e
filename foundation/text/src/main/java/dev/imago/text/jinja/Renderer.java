package dev.imago.text.jinja;

import static dev.imago.text.jinja.Values.text;
import static dev.imago.text.jinja.Values.truth;

import dev.imago.text.jinja.Node.Arguments;
import dev.imago.text.jinja.Node.Expression;
import dev.imago.text.jinja.Node.Statement;
import dev.imago.text.jinja.Values.Callable;
import dev.imago.text.jinja.Values.Namespace;
import dev.imago.text.jinja.Values.None;
import dev.imago.text.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Carries a template out, once. Bounded: output, and the work of loops, have limits, since
/// templates come with models from strangers.
///
/// One file past 400 lines: every kind of node is carried out here, on one scope and one output.
final class Renderer {
  private static final int MAX_OUTPUT_CHARS = 64 << 20;
  private static final int MAX_STEPS = 10_000_000;
  private static final int MAX_CALLS = 100;

  /// How a run of statements ended.
  private enum End {
    NORMAL,
    BREAK,
    CONTINUE
  }

  private Scope scope;
  private StringBuilder out = new StringBuilder();
  private String captured = "";
  private int steps;
  private int calls;

  private static final class Scope {
    final @Nullable Scope parent;
    final Map<String, Object> names = new HashMap<>();

    Scope(@Nullable Scope parent) {
      this.parent = parent;
    }
  }

  private Renderer(Map<String, Object> globals) {
    scope = new Scope(null);
    scope.names.putAll(globals);
    scope.names.put("range", (Callable) (a, n) -> range(a));
    scope.names.put(
        "namespace",
        (Callable)
            (a, n) -> {
              var attributes = new HashMap<String, Object>();
              if (!a.isEmpty() && a.getFirst() instanceof Map<?, ?> map) {
                map.forEach((k, v) -> attributes.put(text(k), v));
              }
              attributes.putAll(n);
              return new Namespace(attributes);
            });
    scope.names.put("dict", (Callable) (a, n) -> new LinkedHashMap<>(n));
    scope = new Scope(scope);
  }

  static String render(List<Statement> template, Map<String, Object> globals) {
    var renderer = new Renderer(globals);
    try {
      renderer.run(template);
      return renderer.out.toString();
    } catch (StackOverflowError e) {
      throw new TemplateException("the chat template nests too deep");
    }
  }

  private End run(List<Statement> statements) {
    for (Statement statement : statements) {
      End end = run(statement);
      if (end != End.NORMAL) {
        return end;
      }
    }
    return End.NORMAL;
  }

  private End run(Statement statement) {
    step(1);
    switch (statement) {
      case Node.Text(String text) -> out.append(text);
      case Node.Output(Expression expression, int line) ->
          at(line, () -> out.append(text(value(expression))));
      case Node.If(var conditions, var branches, var otherwise) -> {
        for (int i = 0; i < conditions.size(); i++) {
          if (truth(value(conditions.get(i)))) {
            return run(branches.get(i));
          }
        }
        return run(otherwise);
      }
      case Node.For loop -> {
        return run(loop);
      }
      case Node.Set(List<String> targets, Expression value) -> bind(targets, value(value));
      case Node.SetAttribute(String name, String attribute, Expression value, int line) -> {
        if (!(lookup(name) instanceof Namespace namespace)) {
          throw new TemplateException(line, "«" + name + "» is no namespace, so it cannot be set");
        }
        namespace.attributes().put(attribute, value(value));
      }
      case Node.SetBlock(String target, var body, Expression value) ->
          scope.names.put(target, filtered(body, value));
      case Node.FilterBlock(var body, Expression value) -> out.append(text(filtered(body, value)));
      case Node.Macro macro -> scope.names.put(macro.name(), callable(macro));
      case Node.Block(var body) -> {
        return run(body);
      }
      case Node.Break() -> {
        return End.BREAK;
      }
      case Node.Continue() -> {
        return End.CONTINUE;
      }
    }
    if (out.length() > MAX_OUTPUT_CHARS) {
      throw new TemplateException(
          "the chat template writes more than " + MAX_OUTPUT_CHARS + " characters");
    }
    return End.NORMAL;
  }

  private void step(int count) {
    steps += count;
    if (steps > MAX_STEPS || steps < 0) {
      throw new TemplateException("the chat template takes more than " + MAX_STEPS + " steps");
    }
  }

  /// Names the line in an error that knows none.
  private static void at(int line, Runnable action) {
    try {
      action.run();
    } catch (TemplateException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("chat template, line") ? e : new TemplateException(line, message);
    }
  }

  private Object filtered(List<Statement> body, Expression value) {
    String before = captured;
    String text = capture(body);
    captured = text;
    Object result = value(value);
    captured = before;
    return result;
  }

  private String capture(List<Statement> body) {
    StringBuilder outer = out;
    out = new StringBuilder();
    Scope before = scope;
    scope = new Scope(scope);
    run(body);
    scope = before;
    String text = out.toString();
    out = outer;
    return text;
  }

  private void bind(List<String> targets, Object value) {
    if (targets.size() == 1) {
      scope.names.put(targets.getFirst(), value);
      return;
    }
    List<Object> items = Values.items(value);
    if (items.size() != targets.size()) {
      throw new TemplateException(
          items.size() + " values cannot be given to " + targets.size() + " names");
    }
    for (int i = 0; i < targets.size(); i++) {
      scope.names.put(targets.get(i), items.get(i));
    }
  }

  private End run(Node.For loop) {
    List<Object> items = new ArrayList<>();
    Scope before = scope;
    at(loop.line(), () -> items.addAll(Values.items(value(loop.items()))));
    if (loop.condition().isPresent()) {
      var kept = new ArrayList<Object>();
      for (Object item : items) {
        scope = new Scope(before);
        at(loop.line(), () -> bind(loop.targets(), item));
        if (truth(value(loop.condition().get()))) {
          kept.add(item);
        }
      }
      items.clear();
      items.addAll(kept);
    }
    for (int i = 0; i < items.size(); i++) {
      scope = new Scope(before);
      Object item = items.get(i);
      at(loop.line(), () -> bind(loop.targets(), item));
      scope.names.put("loop", loop(items, i));
      if (run(loop.body()) == End.BREAK) {
        break;
      }
    }
    scope = before;
    return items.isEmpty() ? run(loop.otherwise()) : End.NORMAL;
  }

  private static Map<String, Object> loop(List<Object> items, int i) {
    var loop = new HashMap<String, Object>();
    int n = items.size();
    loop.put("index", i + 1L);
    loop.put("index0", (long) i);
    loop.put("revindex", (long) n - i);
    loop.put("revindex0", n - i - 1L);
    loop.put("first", i == 0);
    loop.put("last", i == n - 1);
    loop.put("length", (long) n);
    loop.put("previtem", i > 0 ? items.get(i - 1) : new Undefined("loop.previtem"));
    loop.put("nextitem", i + 1 < n ? items.get(i + 1) : new Undefined("loop.nextitem"));
    loop.put("cycle", (Callable) (a, named) -> a.get(i % a.size()));
    return loop;
  }

  private Callable callable(Node.Macro macro) {
    Scope definition = scope;
    return (positional, named) -> {
      if (++calls > MAX_CALLS) {
        throw new TemplateException("macros call each other more than " + MAX_CALLS + " deep");
      }
      Scope before = scope;
      var inner = new Scope(definition);
      scope = inner;
      for (int i = 0; i < macro.parameters().size(); i++) {
        String name = macro.parameters().get(i);
        Expression otherwise = macro.defaults().get(name);
        inner.names.put(
            name,
            i < positional.size()
                ? positional.get(i)
                : Methods.entry(
                    named, name, otherwise != null ? value(otherwise) : new Undefined(name)));
      }
      String text = capture(macro.body());
      scope = before;
      calls--;
      return text;
    };
  }

  private Object lookup(String name) {
    for (Scope s = scope; s != null; s = s.parent) {
      Object value = s.names.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined(name);
  }

  private Object value(Expression expression) {
    step(1);
    return switch (expression) {
      case Node.Literal(Object value) -> value;
      case Node.Name(String name) -> lookup(name);
      case Node.Capture() -> captured;
      case Node.ListOf(var items) -> values(items);
      case Node.DictOf(var keys, var values) -> {
        var dict = new LinkedHashMap<Object, Object>();
        for (int i = 0; i < keys.size(); i++) {
          dict.put(value(keys.get(i)), value(values.get(i)));
        }
        yield dict;
      }
      case Node.Attribute(Expression operand, String name) -> attribute(value(operand), name);
      case Node.Item(Expression operand, Expression index) -> item(value(operand), value(index));
      case Node.Slice slice -> slice(slice);
      case Node.Call(Expression callee, Arguments arguments, int line) -> {
        if (!(value(callee) instanceof Callable callable)) {
          throw new TemplateException(line, name(callee) + " is no function");
        }
        yield callable.call(values(arguments.positional()), named(arguments));
      }
      case Node.Filter(Expression operand, String name, Arguments arguments, int line) -> {
        Object value = value(operand);
        try {
          yield Filters.filter(name, value, values(arguments.positional()), named(arguments));
        } catch (IndexOutOfBoundsException | java.util.NoSuchElementException e) {
          throw new TemplateException(line, "the filter «" + name + "» lacks an argument");
        }
      }
      case Node.Test(Expression operand, String name, var arguments, boolean not, int line) -> {
        try {
          yield Filters.test(name, value(operand), values(arguments)) != not;
        } catch (IndexOutOfBoundsException | java.util.NoSuchElementException e) {
          throw new TemplateException(line, "the test «" + name + "» lacks an argument");
        }
      }
      case Node.Unary(String operator, Expression operand) -> {
        Object value = value(operand);
        yield switch (operator) {
          case "not" -> !truth(value);
          case "-" -> value instanceof Long n ? (Object) (-n) : -Values.real(value);
          default -> value instanceof Long ? value : (Object) Values.real(value);
        };
      }
      case Node.Binary binary -> binary(binary);
      case Node.Comparison comparison -> compare(comparison);
      case Node.Conditional(Expression condition, Expression then, var otherwise) ->
          truth(value(condition))
              ? value(then)
              : otherwise.isPresent() ? value(otherwise.get()) : new Undefined("else");
    };
  }

  private List<Object> values(List<Expression> expressions) {
    var values = new ArrayList<Object>();
    for (Expression expression : expressions) {
      values.add(value(expression));
    }
    return values;
  }

  private Map<String, Object> named(Arguments arguments) {
    var named = new LinkedHashMap<String, Object>();
    arguments.named().forEach((name, expression) -> named.put(name, value(expression)));
    return named;
  }

  private static String name(Expression expression) {
    return switch (expression) {
      case Node.Name(String name) -> "«" + name + "»";
      case Node.Attribute(Expression operand, String name) -> "«" + name + "»";
      default -> "what is called here";
    };
  }

  private static Object attribute(Object value, String name) {
    if (value instanceof Undefined u) {
      throw new TemplateException("«" + u.name() + "» is undefined, so it has no «" + name + "»");
    }
    if (value instanceof Namespace(var attributes)) {
      return Methods.entry(attributes, name, new Undefined(name));
    }
    Object method = Methods.of(value, name);
    return method instanceof Undefined && value instanceof Map<?, ?> map
        ? Methods.entry(map, name, method)
        : method;
  }

  private static Object item(Object value, Object index) {
    switch (value) {
      case Undefined u ->
          throw new TemplateException("«" + u.name() + "» is undefined, so it has no items");
      case Map<?, ?> map when map.containsKey(index) -> {
        return Methods.entry(map, index, None.NONE);
      }
      case List<?> list when index instanceof Long n -> {
        long i = n < 0 ? n + list.size() : n;
        return i < 0 || i >= list.size() ? new Undefined("item " + n) : list.get((int) i);
      }
      case String s when index instanceof Long n -> {
        int[] characters = s.codePoints().toArray();
        long i = n < 0 ? n + characters.length : n;
        return i < 0 || i >= characters.length
            ? new Undefined("character " + n)
            : Character.toString(characters[(int) i]);
      }
      default -> {
        return index instanceof String name ? attribute(value, name) : new Undefined(text(index));
      }
    }
  }

  private Object slice(Node.Slice slice) {
    Object value = value(slice.operand());
    List<Object> items = Values.items(value);
    long step = bound(slice.step(), 1);
    if (step == 0) {
      throw new TemplateException("a slice's step cannot be 0");
    }
    int n = items.size();
    long from = clamp(bound(slice.from(), step > 0 ? 0 : Long.MAX_VALUE), n, step);
    long to = clamp(bound(slice.to(), step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE), n, step);
    var taken = new ArrayList<Object>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      taken.add(items.get((int) i));
    }
    return value instanceof String ? Methods.join("", taken) : taken;
  }

  private long bound(Optional<Expression> bound, long otherwise) {
    Object value = bound.isPresent() ? value(bound.get()) : None.NONE;
    return value instanceof None ? otherwise : Values.integer(value);
  }

  /// Python's rule: negative bounds count from the end, and all are brought into range.
  private static long clamp(long bound, int n, long step) {
    long i = bound < 0 && bound != Long.MIN_VALUE ? bound + n : bound;
    return step > 0 ? Math.clamp(i, 0, n) : Math.clamp(i, -1, n - 1);
  }

  private boolean compare(Node.Comparison comparison) {
    Object left = value(comparison.first());
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object a = left;
      Object b = value(comparison.rest().get(i));
      boolean holds =
          switch (comparison.operators().get(i)) {
            case "==" -> Values.equal(a, b);
            case "!=" -> !Values.equal(a, b);
            case "<" -> Values.compare(a, b) < 0;
            case "<=" -> Values.compare(a, b) <= 0;
            case ">" -> Values.compare(a, b) > 0;
            case ">=" -> Values.compare(a, b) >= 0;
            case "in" -> Values.contains(b, a);
            default -> !Values.contains(b, a);
          };
      if (!holds) {
        return false;
      }
      left = b;
    }
    return true;
  }

  private Object binary(Node.Binary binary) {
    Object left = value(binary.left());
    switch (binary.operator()) {
      case "and" -> {
        return truth(left) ? value(binary.right()) : left;
      }
      case "or" -> {
        return truth(left) ? left : value(binary.right());
      }
      default -> {
        Object right = value(binary.right());
        return switch (binary.operator()) {
          case "~" -> text(left) + text(right);
          case "+" -> add(left, right);
          default -> arithmetic(binary.operator(), left, right);
        };
      }
    }
  }

  static Object add(Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      return a + b;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      var both = new ArrayList<Object>(a);
      both.addAll(b);
      return both;
    }
    return arithmetic("+", left, right);
  }

  private static Object arithmetic(String operator, Object left, Object right) {
    if (operator.equals("*") && left instanceof String s && right instanceof Long n) {
      return s.repeat(Math.clamp(n, 0, s.isEmpty() ? 0 : MAX_OUTPUT_CHARS / s.length()));
    }
    if (!Values.isNumber(left) || !Values.isNumber(right)) {
      throw new TemplateException(
          "%s and %s cannot go with «%s»"
              .formatted(Values.kind(left), Values.kind(right), operator));
    }
    boolean divides = "//%".contains(operator) && Values.real(right) == 0;
    if (divides) {
      throw new TemplateException("division by zero");
    }
    if (!(left instanceof Double) && !(right instanceof Double) && !operator.equals("/")) {
      long a = Values.integer(left);
      long b = Values.integer(right);
      return switch (operator) {
        case "+" -> a + b;
        case "-" -> a - b;
        case "*" -> a * b;
        case "//" -> Math.floorDiv(a, b);
        case "%" -> Math.floorMod(a, b);
        default -> (long) Math.pow(a, b);
      };
    }
    double a = Values.real(left);
    double b = Values.real(right);
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      default -> Math.pow(a, b);
    };
  }

  private Object range(List<Object> arguments) {
    long from = arguments.size() > 1 ? Values.integer(arguments.getFirst()) : 0;
    long to = Values.integer(arguments.get(arguments.size() > 1 ? 1 : 0));
    long by = arguments.size() > 2 ? Values.integer(arguments.get(2)) : 1;
    if (by == 0) {
      throw new TemplateException("a range's step cannot be 0");
    }
    var numbers = new ArrayList<Object>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      step(1);
      numbers.add(i);
    }
    return numbers;
  }
}
