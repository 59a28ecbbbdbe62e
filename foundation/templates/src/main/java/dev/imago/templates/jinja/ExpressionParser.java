package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Lexer.Kind;
import dev.imago.templates.jinja.Lexer.Token;
import dev.imago.templates.jinja.Node.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads expressions with Jinja's precedence: what [OperandParser] reads binds tighter than `**`,
/// that than `*`, that than `~`, that than `+`, then comparisons, `not`, `and`, `or`, and `if …
/// else`.
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");

  /// Of a tree of operands: what walks it must not overflow the stack.
  private static final int MAX_HEIGHT = 300;

  private final TokenReader in;
  private final OperandParser operands;
  private int open;

  ExpressionParser(TokenReader in) {
    this.in = in;
    this.operands = new OperandParser(in, this);
  }

  private boolean isTupleEnd() {
    Kind kind = in.peek().kind();
    return kind == Kind.OUTPUT_END || kind == Kind.BLOCK_END || in.isOperator(")");
  }

  /// One expression, or several with commas between: a tuple.
  Expression tuple() {
    return tuple(true, false, "");
  }

  /// What a condition or a loop's list is: an `if` after it belongs to the statement.
  Expression tupleWithoutConditional(String end) {
    return tuple(false, false, end);
  }

  Expression tuple(boolean withConditional, boolean inParentheses, String end) {
    var items = new ArrayList<Expression>();
    boolean isTuple = false;
    while (!isTupleEnd() && !(in.isName(end))) {
      items.add(withConditional ? expression() : withoutConditional());
      if (!in.take(",")) {
        break;
      }
      isTuple = true;
    }
    if (!isTuple && items.size() == 1) {
      return items.getFirst();
    }
    if (!isTuple && !inParentheses) {
      throw new TemplateException(
          in.line(), "an expression is expected, not «" + in.peek().text() + "»");
    }
    return new Node.TupleOf(items);
  }

  Expression expression() {
    open();
    Expression value = or();
    for (int n = 0; in.isName("if"); n++) {
      int line = in.next().line();
      Expression condition = or();
      Optional<Expression> otherwise =
          in.takeName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Node.Conditional(condition, value, otherwise, line);
      in.chain(n);
    }
    return close(value);
  }

  private Expression withoutConditional() {
    open();
    return close(or());
  }

  private void open() {
    in.nest();
    open++;
  }

  private Expression close(Expression value) {
    in.unnest();
    if (--open == 0) {
      checkHeight(value);
    }
    return value;
  }

  /// Walks without recursion, by what is left at each height.
  private void checkHeight(Expression value) {
    List<Expression> level = List.of(value);
    for (int height = 0; !level.isEmpty(); height++) {
      if (height > MAX_HEIGHT) {
        throw new TemplateException(
            in.line(),
            "an expression of more than " + MAX_HEIGHT + " operators deep; use a variable");
      }
      var below = new ArrayList<Expression>();
      level.forEach(e -> below.addAll(Names.children(e)));
      level = below;
    }
  }

  private Expression or() {
    Expression left = and();
    for (int n = 0; in.takeName("or"); n++) {
      left = new Node.Or(left, and());
      in.chain(n);
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    for (int n = 0; in.takeName("and"); n++) {
      left = new Node.And(left, not());
      in.chain(n);
    }
    return left;
  }

  private Expression not() {
    if (in.takeName("not")) {
      in.nest();
      Expression operand = not();
      in.unnest();
      return new Node.Not(operand);
    }
    return comparison();
  }

  private Expression comparison() {
    int line = in.line();
    Expression first = sum();
    var operators = new ArrayList<String>();
    var rest = new ArrayList<Expression>();
    while (true) {
      Token token = in.peek();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(in.next().text());
      } else if (in.takeName("in")) {
        operators.add("in");
      } else if (in.isName("not")
          && in.peekNext().kind() == Kind.NAME
          && in.peekNext().text().equals("in")) {
        in.next();
        in.next();
        operators.add("not in");
      } else {
        break;
      }
      rest.add(sum());
    }
    return operators.isEmpty() ? first : new Node.Comparison(first, operators, rest, line);
  }

  private Expression sum() {
    Expression left = concatenation();
    for (int n = 0; in.isOperator("+") || in.isOperator("-"); n++) {
      Token operator = in.next();
      left = new Node.Binary(operator.text(), left, concatenation(), operator.line());
      in.chain(n);
    }
    return left;
  }

  private Expression concatenation() {
    Expression first = product();
    if (!in.isOperator("~")) {
      return first;
    }
    var parts = new ArrayList<>(List.of(first));
    while (in.take("~")) {
      parts.add(product());
    }
    return new Node.Concat(parts);
  }

  private Expression product() {
    Expression left = power();
    for (int n = 0; in.peek().kind() == Kind.OPERATOR && PRODUCTS.contains(in.peek().text()); n++) {
      Token operator = in.next();
      left = new Node.Binary(operator.text(), left, power(), operator.line());
      in.chain(n);
    }
    return left;
  }

  private Expression power() {
    Expression left = operands.unary(true);
    for (int n = 0; in.isOperator("**"); n++) {
      int line = in.next().line();
      left = new Node.Binary("**", left, operands.unary(true), line);
      in.chain(n);
    }
    return left;
  }

  /// `| filter | filter …`
  ///
  /// @param inline whether the first comes without its bar, as after `{% filter`
  Expression filters(Expression value, boolean inline) {
    return operands.filters(value, inline);
  }
}
