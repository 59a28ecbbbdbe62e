package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Lexer.Kind;
import dev.imago.templates.jinja.Lexer.Token;
import dev.imago.templates.jinja.Node.CallArguments;
import dev.imago.templates.jinja.Node.Expression;
import dev.imago.templates.jinja.Node.Literal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads what operators stand between: literals and names, with signs before them, and attributes,
/// items, calls, filters and tests after them.
final class OperandParser {
  private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and");

  private final TokenReader in;
  private final ExpressionParser expressions;

  OperandParser(TokenReader in, ExpressionParser expressions) {
    this.in = in;
    this.expressions = expressions;
  }

  Expression unary(boolean withFilters) {
    Expression value;
    if (in.isOperator("-") || in.isOperator("+")) {
      in.nest();
      value = new Node.Sign(in.next().text(), unary(false));
      in.unnest();
    } else {
      value = primary();
    }
    value = postfix(value);
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = in.next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Literal(true);
            case "false", "False" -> new Literal(false);
            case "none", "None" -> new Literal(None.NONE);
            default -> new Node.Name(token.text());
          };
      case STRING -> {
        var text = new StringBuilder((String) token.value());
        while (in.peek().kind() == Kind.STRING) {
          text.append((String) in.next().value());
        }
        yield new Literal(text.toString());
      }
      case NUMBER -> new Literal(token.value());
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> {
              Expression inner = expressions.tuple(true, true, "");
              in.expectOperator(")");
              yield inner;
            }
            case "[" -> new Node.ListOf(items("]"));
            case "{" -> dict();
            default -> throw TokenReader.unexpected(token);
          };
      default -> throw TokenReader.unexpected(token);
    };
  }

  private List<Expression> items(String end) {
    var items = new ArrayList<Expression>();
    while (!in.take(end)) {
      if (!items.isEmpty()) {
        in.expectOperator(",");
        if (in.take(end)) {
          break;
        }
      }
      items.add(expressions.expression());
    }
    return items;
  }

  private Expression dict() {
    var keys = new ArrayList<Expression>();
    var values = new ArrayList<Expression>();
    while (!in.take("}")) {
      if (!keys.isEmpty()) {
        in.expectOperator(",");
        if (in.take("}")) {
          break;
        }
      }
      keys.add(expressions.expression());
      in.expectOperator(":");
      values.add(expressions.expression());
    }
    return new Node.DictOf(keys, values);
  }

  private Expression postfix(Expression value) {
    for (int n = 0; ; n++) {
      int line = in.line();
      if (in.take(".")) {
        Token name = in.next();
        if (name.kind() == Kind.NAME) {
          value = new Node.Attribute(value, name.text(), line);
        } else if (name.kind() == Kind.NUMBER && !(name.value() instanceof Double)) {
          value = new Node.Item(value, new Literal(name.value()), line);
        } else {
          throw TokenReader.unexpected(name);
        }
      } else if (in.take("[")) {
        value = subscript(value, line);
      } else if (in.take("(")) {
        value = new Node.Call(value, arguments(), line);
      } else {
        return value;
      }
      in.chain(n);
    }
  }

  private Expression subscript(Expression value, int line) {
    Optional<Expression> from =
        in.isOperator(":") ? Optional.empty() : Optional.of(expressions.expression());
    if (in.isOperator(",")) {
      var items =
          new ArrayList<>(List.of(from.orElseThrow(() -> TokenReader.unexpected(in.peek()))));
      while (in.take(",")) {
        items.add(expressions.expression());
      }
      from = Optional.of(new Node.TupleOf(items));
    }
    if (in.take("]")) {
      return new Node.Item(value, from.orElseThrow(), line);
    }
    in.expectOperator(":");
    Optional<Expression> to =
        in.isOperator("]") || in.isOperator(":")
            ? Optional.empty()
            : Optional.of(expressions.expression());
    Optional<Expression> step =
        in.take(":") && !in.isOperator("]")
            ? Optional.of(expressions.expression())
            : Optional.empty();
    in.expectOperator("]");
    return new Node.Slice(value, from, to, step, line);
  }

  private CallArguments arguments() {
    var positional = new ArrayList<Expression>();
    var keywords = new ArrayList<Node.Keyword>();
    var names = new HashSet<String>();
    Optional<Expression> star = Optional.empty();
    Optional<Expression> doubleStar = Optional.empty();
    boolean first = true;
    while (!in.take(")")) {
      if (!first) {
        in.expectOperator(",");
        if (in.take(")")) {
          break;
        }
      }
      first = false;
      Token token = in.peek();
      boolean ok = doubleStar.isEmpty();
      if (in.take("*")) {
        ok &= star.isEmpty();
        star = Optional.of(expressions.expression());
      } else if (in.take("**")) {
        doubleStar = Optional.of(expressions.expression());
      } else if (token.kind() == Kind.NAME && TokenReader.isOperator(in.peekNext(), "=")) {
        in.next();
        in.next();
        ok &= names.add(token.text());
        keywords.add(new Node.Keyword(token.text(), expressions.expression()));
      } else {
        ok &= star.isEmpty() && keywords.isEmpty();
        positional.add(expressions.expression());
      }
      if (!ok) {
        throw new TemplateException(
            token.line(),
            "arguments come by place, then *, then by name, each name once, then **; not so «"
                + token.text()
                + "»");
      }
    }
    return new CallArguments(positional, keywords, star, doubleStar);
  }

  /// `| filter | filter …`
  ///
  /// @param inline whether the first comes without its bar, as after `{% filter`
  Expression filters(Expression value, boolean inline) {
    boolean more = inline;
    for (int n = 0; more || in.take("|"); n++) {
      more = false;
      int line = in.line();
      String name = dottedName("a filter's name");
      CallArguments arguments = in.take("(") ? arguments() : CallArguments.NONE;
      value = new Node.Filter(value, name, arguments, line);
      in.chain(n);
    }
    return value;
  }

  private String dottedName(String what) {
    var name = new StringBuilder(in.expect(Kind.NAME, what).text());
    while (in.take(".")) {
      name.append('.').append(in.expect(Kind.NAME, what).text());
    }
    return name.toString();
  }

  private Expression filtersAndTests(Expression value) {
    for (int n = 0; ; n++) {
      if (in.isOperator("|")) {
        value = filters(value, false);
      } else if (in.takeName("is")) {
        value = test(value);
      } else if (in.isOperator("(")) {
        int line = in.next().line();
        value = new Node.Call(value, arguments(), line);
      } else {
        return value;
      }
      in.chain(n);
    }
  }

  private Expression test(Expression value) {
    boolean negated = in.takeName("not");
    int line = in.line();
    String name = dottedName("a test's name");
    CallArguments arguments = CallArguments.NONE;
    Token token = in.peek();
    if (in.take("(")) {
      arguments = arguments();
    } else if (token.kind() == Kind.STRING
        || token.kind() == Kind.NUMBER
        || in.isOperator("[")
        || in.isOperator("{")
        || token.kind() == Kind.NAME && !NO_TEST_ARGUMENT.contains(token.text())) {
      if (in.isName("is")) {
        throw new TemplateException(
            token.line(), "tests cannot be chained with «is»; join them with «and»");
      }
      arguments = CallArguments.of(postfix(primary()));
    }
    Expression test = new Node.Test(value, name, arguments, line);
    return negated ? new Node.Not(test) : test;
  }
}
