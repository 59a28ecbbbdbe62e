package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Node.CallArguments;
import dev.imago.templates.jinja.Node.Expression;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the values of expressions, in the scope that it stands in.
final class Evaluator {
  private final Budget budget = Budget.current();

  /// Where names are looked up.
  Scope scope;

  /// The text of the block that a filter is applied to.
  String captured = "";

  /// Where it is, for messages.
  int line = 1;

  Evaluator(Scope scope) {
    this.scope = scope;
  }

  Object value(Expression expression) {
    budget.step();
    budget.enter();
    Object value = of(expression);
    budget.leave();
    return value;
  }

  private Object of(Expression expression) {
    return switch (expression) {
      case Node.Literal(Object value) -> value;
      case Node.Name(String name) -> scope.lookup(name);
      case Node.Captured() -> captured;
      case Node.ListOf(var items) -> values(items);
      case Node.TupleOf(var items) -> new Tuple(values(items));
      case Node.DictOf(var keys, var values) -> dict(keys, values);
      case Node.Attribute(Expression operand, String name, int at) -> {
        Object value = value(operand);
        line = at;
        yield Items.attribute(value, name);
      }
      case Node.Item(Expression operand, Expression index, int at) -> {
        Object value = value(operand);
        Object place = value(index);
        line = at;
        yield Items.item(value, place);
      }
      case Node.Slice(Expression operand, var from, var to, var step, int at) -> {
        Object value = value(operand);
        Object first = bound(from);
        Object last = bound(to);
        Object by = bound(step);
        line = at;
        yield Items.slice(value, first, last, by);
      }
      case Node.Call call -> call(call, Map.of());
      case Node.Filter(Expression operand, String name, CallArguments arguments, int at) -> {
        Object value = value(operand);
        Arguments given = arguments(arguments, Map.of());
        line = at;
        yield Filters.apply(name, value, given);
      }
      case Node.Test(Expression operand, String name, CallArguments arguments, int at) -> {
        Object value = value(operand);
        Arguments given = arguments(arguments, Map.of());
        line = at;
        yield Tests.holds(name, value, given);
      }
      case Node.Not(Expression operand) -> !Python.truth(value(operand));
      case Node.Sign(String operator, Expression operand) -> {
        Object value = value(operand);
        yield operator.equals("-") ? Arithmetic.negate(value) : Arithmetic.plus(value);
      }
      case Node.And(Expression left, Expression right) -> {
        Object value = value(left);
        yield Python.truth(value) ? value(right) : value;
      }
      case Node.Or(Expression left, Expression right) -> {
        Object value = value(left);
        yield Python.truth(value) ? value : value(right);
      }
      case Node.Binary(String operator, Expression left, Expression right, int at) -> {
        Object a = value(left);
        Object b = value(right);
        line = at;
        yield Arithmetic.binary(operator, a, b);
      }
      case Node.Concat(var parts) -> {
        var out = new StringBuilder();
        for (Expression part : parts) {
          String text = Repr.text(value(part));
          Budget.make(text.length());
          out.append(text);
        }
        yield out.toString();
      }
      case Node.Comparison comparison -> compare(comparison);
      case Node.Conditional(Expression condition, Expression then, var otherwise, int at) ->
          Python.truth(value(condition))
              ? value(then)
              : otherwise.isPresent()
                  ? value(otherwise.get())
                  : new Undefined("the «if» of line " + at + " is false and has no «else»");
    };
  }

  private Object bound(Optional<Expression> bound) {
    return bound.isPresent() ? value(bound.get()) : None.NONE;
  }

  private List<Object> values(List<Expression> expressions) {
    var values = new ArrayList<Object>(expressions.size());
    Budget.makeItems(expressions.size());
    for (Expression expression : expressions) {
      values.add(value(expression));
    }
    return values;
  }

  private Dict dict(List<Expression> keys, List<Expression> values) {
    Budget.makeItems(keys.size());
    var dict = new Dict();
    for (int i = 0; i < keys.size(); i++) {
      Object key = value(keys.get(i));
      dict.put(key, value(values.get(i)));
    }
    return dict;
  }

  /// @param extra what comes by name besides what is written
  Object call(Node.Call call, Map<String, Object> extra) {
    Object callee = value(call.callee());
    Arguments arguments = arguments(call.arguments(), extra);
    line = call.line();
    return switch (callee) {
      case Function function -> function.call(arguments);
      case Undefined u -> throw u.error();
      default -> throw Python.wrong(callee, "a function");
    };
  }

  private Arguments arguments(CallArguments written, Map<String, Object> extra) {
    if (written == CallArguments.NONE && extra.isEmpty()) {
      return Arguments.NONE;
    }
    List<Object> positional = values(written.positional());
    var named = new LinkedHashMap<String, Object>();
    for (Node.Keyword keyword : written.keywords()) {
      named.put(keyword.name(), value(keyword.value()));
    }
    if (written.star().isPresent()) {
      Iterator<Object> more = Python.iterate(value(written.star().get()));
      more.forEachRemaining(positional::add);
      Budget.makeItems(positional.size());
    }
    extra.forEach((name, value) -> putOnce(named, name, value));
    if (written.doubleStar().isPresent()) {
      if (!(value(written.doubleStar().get()) instanceof Dict dict)) {
        throw new TemplateException("«**» wants a mapping");
      }
      Budget.makeItems(dict.size());
      for (Dict.Entry entry : dict.entries()) {
        putOnce(named, Python.string(entry.key()), entry.value());
      }
    }
    return new Arguments(positional, named);
  }

  private static void putOnce(Map<String, Object> named, String name, Object value) {
    if (named.put(name, value) != null) {
      throw new TemplateException("the argument «" + name + "» is given twice");
    }
  }

  private boolean compare(Node.Comparison comparison) {
    Object left = value(comparison.first());
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object a = left;
      Object b = value(comparison.rest().get(i));
      line = comparison.line();
      boolean holds =
          switch (comparison.operators().get(i)) {
            case "==" -> Python.equal(a, b);
            case "!=" -> !Python.equal(a, b);
            case "in" -> Python.contains(b, a);
            case "not in" -> !Python.contains(b, a);
            default -> Python.ordered(comparison.operators().get(i), a, b);
          };
      if (!holds) {
        return false;
      }
      left = b;
    }
    return true;
  }
}
