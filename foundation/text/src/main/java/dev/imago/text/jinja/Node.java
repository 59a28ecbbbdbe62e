package dev.imago.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A parsed template: expressions and statements.
sealed interface Node {
  /// Something with a value.
  sealed interface Expression extends Node {}

  /// Something that is carried out.
  sealed interface Statement extends Node {}

  record Literal(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /// `operand.name`: an attribute, then an item.
  record Attribute(Expression operand, String name) implements Expression {}

  /// `operand[index]`: an item, then an attribute.
  record Item(Expression operand, Expression index) implements Expression {}

  record Slice(
      Expression operand,
      Optional<Expression> from,
      Optional<Expression> to,
      Optional<Expression> step)
      implements Expression {}

  record Arguments(List<Expression> positional, Map<String, Expression> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }

  record Call(Expression callee, Arguments arguments, int line) implements Expression {}

  record Filter(Expression operand, String name, Arguments arguments, int line)
      implements Expression {}

  record Test(
      Expression operand, String name, List<Expression> arguments, boolean negated, int line)
      implements Expression {}

  /// `-`, `+` or `not`.
  record Unary(String operator, Expression operand) implements Expression {}

  record Binary(String operator, Expression left, Expression right, int line)
      implements Expression {}

  /// `a < b <= c`: each neighbour is compared.
  record Comparison(Expression first, List<String> operators, List<Expression> rest, int line)
      implements Expression {}

  record Conditional(Expression condition, Expression then, Optional<Expression> otherwise)
      implements Expression {}

  record Text(String text) implements Statement {}

  record Output(Expression expression, int line) implements Statement {}

  record If(List<Expression> conditions, List<List<Statement>> branches, List<Statement> otherwise)
      implements Statement {}

  record For(
      List<String> targets,
      Expression items,
      Optional<Expression> condition,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /// `set a = …`, `set a, b = …`.
  record Set(List<String> targets, Expression value) implements Statement {}

  /// `set ns.a = …`, which only a namespace allows.
  record SetAttribute(String namespace, String attribute, Expression value, int line)
      implements Statement {}

  /// `set a` … `endset`, perhaps with filters, applied to the [Capture].
  record SetBlock(String target, List<Statement> body, Expression value) implements Statement {}

  /// The text of the block that is being captured.
  record Capture() implements Expression {}

  record FilterBlock(List<Statement> body, Expression value) implements Statement {}

  record Macro(
      String name, List<String> parameters, Map<String, Expression> defaults, List<Statement> body)
      implements Statement {}

  /// Statements in a row: what `generation` encloses.
  record Block(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}
}
