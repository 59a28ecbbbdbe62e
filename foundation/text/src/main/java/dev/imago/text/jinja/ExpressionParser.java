package dev.imago.text.jinja;

import dev.imago.text.jinja.Lexer.Kind;
import dev.imago.text.jinja.Lexer.Token;
import dev.imago.text.jinja.Node.Arguments;
import dev.imago.text.jinja.Node.Expression;
import dev.imago.text.jinja.Node.Literal;
import dev.imago.text.jinja.Values.None;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads expressions with Jinja's precedence: filters bind tighter than `*`, that than `~`, that
/// than `+`, then comparisons, `not`, `and`, `or`, and `if … else`.
///
/// One file past 400 lines: a method for each level of precedence, which read as one ladder.
final class ExpressionParser {
  /// Deeper nesting is refused, lest a hostile template overflow the stack.
  private static final int MAX_DEPTH = 200;

  private static final Set<String> NO_TEST_ARGUMENT =
      Set.of("else", "or", "and", "is", "if", "in", "not");

  private final List<Token> tokens;
  private int at;
  private int depth;

  ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    return tokens.get(Math.min(at++, tokens.size() - 1));
  }

  void back() {
    at--;
  }

  void nest() {
    if (++depth > MAX_DEPTH) {
      throw new TemplateException(peek().line(), "nested more than " + MAX_DEPTH + " deep");
    }
  }

  void unnest() {
    depth--;
  }

  TemplateException unexpected(Token token) {
    return new TemplateException(token.line(), "«" + token.text() + "» is not expected here");
  }

  Token expect(Kind kind, String what) {
    Token token = next();
    if (token.kind() != kind) {
      throw new TemplateException(token.line(), what + " is expected, not «" + token.text() + "»");
    }
    return token;
  }

  void expectOperator(String operator) {
    if (!take(operator)) {
      throw new TemplateException(
          peek().line(), "«" + operator + "» is expected, not «" + peek().text() + "»");
    }
  }

  void expectName(String name) {
    if (!takeName(name)) {
      throw new TemplateException(
          peek().line(), "«" + name + "» is expected, not «" + peek().text() + "»");
    }
  }

  boolean take(String operator) {
    boolean found = isOperator(operator);
    at += found ? 1 : 0;
    return found;
  }

  private boolean isOperator(String operator) {
    return peek().kind() == Kind.OPERATOR && peek().text().equals(operator);
  }

  boolean takeName(String name) {
    boolean found = isName(name);
    at += found ? 1 : 0;
    return found;
  }

  private boolean isName(String name) {
    return peek().kind() == Kind.NAME && peek().text().equals(name);
  }

  /// One expression, or several with commas between: a tuple, here a list.
  Expression tuple() {
    Expression first = expression();
    if (!isOperator(",")) {
      return first;
    }
    var items = new ArrayList<>(List.of(first));
    while (take(",")) {
      if (peek().kind() == Kind.BLOCK_END || isOperator(")")) {
        break;
      }
      items.add(expression());
    }
    return new Node.ListOf(items);
  }

  Expression expression() {
    nest();
    Expression value = or();
    while (takeName("if")) {
      Expression condition = or();
      Optional<Expression> otherwise =
          takeName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Node.Conditional(condition, value, otherwise);
    }
    unnest();
    return value;
  }

  /// What a loop runs over: an `if` after it belongs to the loop.
  Expression withoutConditional() {
    Expression first = or();
    if (!isOperator(",")) {
      return first;
    }
    var items = new ArrayList<>(List.of(first));
    while (take(",")) {
      items.add(or());
    }
    return new Node.ListOf(items);
  }

  private Expression or() {
    Expression left = and();
    while (isName("or")) {
      int line = next().line();
      left = new Node.Binary("or", left, and(), line);
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (isName("and")) {
      int line = next().line();
      left = new Node.Binary("and", left, not(), line);
    }
    return left;
  }

  private Expression not() {
    if (takeName("not")) {
      nest();
      Expression operand = not();
      unnest();
      return new Node.Unary("not", operand);
    }
    return comparison();
  }

  private Expression comparison() {
    int line = peek().line();
    Expression first = sum();
    var operators = new ArrayList<String>();
    var rest = new ArrayList<Expression>();
    while (true) {
      Token token = peek();
      if (token.kind() == Kind.OPERATOR
          && Set.of("==", "!=", "<", ">", "<=", ">=").contains(token.text())) {
        operators.add(next().text());
      } else if (takeName("in")) {
        operators.add("in");
      } else if (isName("not") && tokens.get(at + 1).text().equals("in")) {
        at += 2;
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
    while (isOperator("+") || isOperator("-")) {
      Token operator = next();
      left = new Node.Binary(operator.text(), left, concatenation(), operator.line());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (isOperator("~")) {
      int line = next().line();
      left = new Node.Binary("~", left, product(), line);
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (isOperator("*") || isOperator("/") || isOperator("//") || isOperator("%")) {
      Token operator = next();
      left = new Node.Binary(operator.text(), left, power(), operator.line());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (isOperator("**")) {
      int line = next().line();
      left = new Node.Binary("**", left, unary(true), line);
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Expression value;
    if (isOperator("-") || isOperator("+")) {
      nest();
      value = new Node.Unary(next().text(), unary(false));
      unnest();
    } else {
      value = postfix(primary());
    }
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Literal(true);
            case "false", "False" -> new Literal(false);
            case "none", "None" -> new Literal(None.NONE);
            default -> new Node.Name(token.text());
          };
      case STRING -> {
        var text = new StringBuilder(token.text());
        while (peek().kind() == Kind.STRING) {
          text.append(next().text());
        }
        yield new Literal(text.toString());
      }
      case INTEGER, FLOAT -> number(token);
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> {
              Expression inner = isOperator(")") ? new Node.ListOf(List.of()) : tuple();
              expectOperator(")");
              yield inner;
            }
            case "[" -> new Node.ListOf(items("]"));
            case "{" -> dict();
            default -> throw unexpected(token);
          };
      default -> throw unexpected(token);
    };
  }

  private Literal number(Token token) {
    try {
      return new Literal(
          token.kind() == Kind.FLOAT
              ? (Object) Double.valueOf(token.text())
              : Long.valueOf(token.text()));
    } catch (NumberFormatException e) {
      throw new TemplateException(token.line(), token.text() + " is too large a number");
    }
  }

  private List<Expression> items(String end) {
    var items = new ArrayList<Expression>();
    while (!take(end)) {
      if (!items.isEmpty()) {
        expectOperator(",");
        if (take(end)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expression dict() {
    var keys = new ArrayList<Expression>();
    var values = new ArrayList<Expression>();
    while (!take("}")) {
      if (!keys.isEmpty()) {
        expectOperator(",");
        if (take("}")) {
          break;
        }
      }
      keys.add(expression());
      expectOperator(":");
      values.add(expression());
    }
    return new Node.DictOf(keys, values);
  }

  private Expression postfix(Expression value) {
    while (true) {
      int line = peek().line();
      if (take(".")) {
        Token name = next();
        if (name.kind() == Kind.INTEGER) {
          value = new Node.Item(value, number(name));
        } else if (name.kind() == Kind.NAME) {
          value = new Node.Attribute(value, name.text());
        } else {
          throw unexpected(name);
        }
      } else if (take("[")) {
        value = subscript(value);
      } else if (take("(")) {
        value = new Node.Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression value) {
    Optional<Expression> from = isOperator(":") ? Optional.empty() : Optional.of(expression());
    if (take("]")) {
      return new Node.Item(value, from.orElseThrow());
    }
    expectOperator(":");
    Optional<Expression> to =
        isOperator("]") || isOperator(":") ? Optional.empty() : Optional.of(expression());
    Optional<Expression> step =
        take(":") && !isOperator("]") ? Optional.of(expression()) : Optional.empty();
    expectOperator("]");
    return new Node.Slice(value, from, to, step);
  }

  private Arguments arguments() {
    var positional = new ArrayList<Expression>();
    var named = new LinkedHashMap<String, Expression>();
    boolean first = true;
    while (!take(")")) {
      if (!first) {
        expectOperator(",");
        if (take(")")) {
          break;
        }
      }
      first = false;
      Token after = tokens.get(Math.min(at + 1, tokens.size() - 1));
      if (peek().kind() == Kind.NAME && after.kind() == Kind.OPERATOR && after.text().equals("=")) {
        String name = next().text();
        next();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
    }
    return new Arguments(positional, named);
  }

  /// `| filter | filter …`
  Expression filters(Expression value) {
    boolean more = value instanceof Node.Capture && peek().kind() == Kind.NAME;
    while (more || take("|")) {
      more = false;
      Token name = expect(Kind.NAME, "a filter's name");
      Arguments arguments = take("(") ? arguments() : Arguments.NONE;
      value = new Node.Filter(value, name.text(), arguments, name.line());
    }
    return value;
  }

  private Expression filtersAndTests(Expression value) {
    while (true) {
      if (isOperator("|")) {
        value = filters(value);
      } else if (takeName("is")) {
        value = test(value);
      } else if (isOperator("(") || isOperator(".") || isOperator("[")) {
        value = postfix(value);
      } else {
        return value;
      }
    }
  }

  private Expression test(Expression value) {
    boolean negated = takeName("not");
    Token name = next();
    if (name.kind() != Kind.NAME) {
      throw unexpected(name);
    }
    List<Expression> arguments = List.of();
    Token token = peek();
    if (take("(")) {
      arguments = arguments().positional();
    } else if (token.kind() == Kind.STRING
        || token.kind() == Kind.INTEGER
        || token.kind() == Kind.FLOAT
        || isOperator("[")
        || isOperator("{")
        || token.kind() == Kind.NAME && !NO_TEST_ARGUMENT.contains(token.text())) {
      arguments = List.of(postfix(primary()));
    }
    return new Node.Test(value, name.text(), arguments, negated, name.line());
  }
}
