package dev.imago.templates.jinja;

import java.util.List;
import java.util.Optional;

/// A parsed template: expressions and statements.
sealed interface Node {
  /// Something with a value.
  sealed interface Expression extends Node {}

  /// Something that is carried out.
  sealed interface Statement extends Node {}

  /// What values are given to.
  sealed interface Target extends Node {}

  /// Statements with names of their own.
  record Body(List<Statement> statements) {}

  record Literal(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record TupleOf(List<Expression> items) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /// `operand.name`: an attribute, then an item.
  record Attribute(Expression operand, String name, int line) implements Expression {}

  /// `operand[index]`: an item, then an attribute.
  record Item(Expression operand, Expression index, int line) implements Expression {}

  record Slice(
      Expression operand,
      Optional<Expression> from,
      Optional<Expression> to,
      Optional<Expression> step,
      int line)
      implements Expression {}

  record Keyword(String name, Expression value) {}

  /// @param star what `*` spreads
  /// @param doubleStar what `**` spreads
  record CallArguments(
      List<Expression> positional,
      List<Keyword> keywords,
      Optional<Expression> star,
      Optional<Expression> doubleStar) {
    static final CallArguments NONE =
        new CallArguments(List.of(), List.of(), Optional.empty(), Optional.empty());

    static CallArguments of(Expression argument) {
      return new CallArguments(List.of(argument), List.of(), Optional.empty(), Optional.empty());
    }
  }

  record Call(Expression callee, CallArguments arguments, int line) implements Expression {}

  record Filter(Expression operand, String name, CallArguments arguments, int line)
      implements Expression {}

  record Test(Expression operand, String name, CallArguments arguments, int line)
      implements Expression {}

  record Not(Expression operand) implements Expression {}

  /// `-` or `+`.
  record Sign(String operator, Expression operand) implements Expression {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  record Binary(String operator, Expression left, Expression right, int line)
      implements Expression {}

  /// `a ~ b ~ c`
  record Concat(List<Expression> parts) implements Expression {}

  /// `a < b <= c`: each neighbour is compared.
  record Comparison(Expression first, List<String> operators, List<Expression> rest, int line)
      implements Expression {}

  record Conditional(
      Expression condition, Expression then, Optional<Expression> otherwise, int line)
      implements Expression {}

  /// The text of the block that a filter is applied to.
  record Captured() implements Expression {}

  record NameTarget(String name) implements Target {}

  /// `namespace.name`
  record AttributeTarget(String namespace, String name) implements Target {}

  record TupleTarget(List<Target> items) implements Target {}

  record Text(String text) implements Statement {}

  record Output(Expression expression, int line) implements Statement {}

  record Branch(Expression condition, List<Statement> body, int line) {}

  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

  record For(
      Target target,
      Expression items,
      Optional<Expression> condition,
      boolean recursive,
      Body body,
      Optional<Body> otherwise,
      int line)
      implements Statement {}

  record With(List<Target> targets, List<Expression> values, Body body) implements Statement {}

  record Set(Target target, Expression value, int line) implements Statement {}

  /// `set a` … `endset`, perhaps with filters, which end in the [Captured] text.
  record SetBlock(Target target, Body body, Expression value, int line) implements Statement {}

  record FilterBlock(Body body, Expression value, int line) implements Statement {}

  /// A macro's parameters, of which the last have defaults, and the special names that its body
  /// uses.
  record Signature(
      List<String> parameters,
      List<Expression> defaults,
      boolean usesCaller,
      boolean usesKwargs,
      boolean usesVarargs) {}

  record Macro(String name, Signature signature, Body body, int line) implements Statement {}

  record CallBlock(Signature signature, Call call, Body body, int line) implements Statement {}

  /// What the assistant says: transformers' own tag.
  record Generation(Body body, int line) implements Statement {}

  /// `autoescape`, which only may be off; and `block`, which nothing overrides.
  record Scoped(Optional<Expression> autoescape, Body body, int line) implements Statement {}

  /// `include` and the like, of which there is nothing to include.
  record Elsewhere(String word, int line) implements Statement {}

  record Break(int line) implements Statement {}

  record Continue(int line) implements Statement {}
}
