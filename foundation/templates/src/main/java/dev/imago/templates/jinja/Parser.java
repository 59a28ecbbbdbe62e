package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Lexer.Kind;
import dev.imago.templates.jinja.Lexer.Token;
import dev.imago.templates.jinja.Node.Body;
import dev.imago.templates.jinja.Node.Expression;
import dev.imago.templates.jinja.Node.Signature;
import dev.imago.templates.jinja.Node.Statement;
import dev.imago.templates.jinja.Node.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a template's statements; its [ExpressionParser] reads what stands in them.
final class Parser {
  private static final Set<String> KEYWORDS =
      Set.of("true", "false", "none", "True", "False", "None");

  private final TokenReader in;
  private final ExpressionParser expressions;

  private Parser(List<Token> tokens) {
    in = new TokenReader(tokens);
    expressions = new ExpressionParser(in);
  }

  static Body parse(String template, Dialect dialect) {
    return new Body(new Parser(Lexer.tokens(template, dialect)).until(Set.of()));
  }

  /// Statements up to a block that starts with one of these words, which is left to be read.
  private List<Statement> until(Set<String> ends) {
    var statements = new ArrayList<Statement>();
    in.nest();
    while (true) {
      Token token = in.next();
      switch (token.kind()) {
        case TEXT -> statements.add(new Node.Text(token.text()));
        case OUTPUT_BEGIN -> {
          statements.add(new Node.Output(expressions.tuple(), token.line()));
          in.expect(Kind.OUTPUT_END, "}}");
        }
        case BLOCK_BEGIN -> {
          if (in.peek().kind() == Kind.NAME && ends.contains(in.peek().text())) {
            in.unnest();
            return statements;
          }
          statement(in.expect(Kind.NAME, "a statement"), statements);
          in.expect(Kind.BLOCK_END, "%}");
        }
        case END -> {
          if (ends.isEmpty()) {
            in.unnest();
            return statements;
          }
          throw new TemplateException(
              token.line(), "the template ends where {% " + closing(ends) + " %} should be");
        }
        default -> throw TokenReader.unexpected(token);
      }
    }
  }

  private static String closing(Set<String> ends) {
    return ends.stream().filter(e -> e.startsWith("end")).findFirst().orElseThrow();
  }

  private List<Statement> statements(String... ends) {
    in.take(":");
    in.expect(Kind.BLOCK_END, "%}");
    return until(Set.of(ends));
  }

  /// A body, its closing word with it.
  private Body body(String end) {
    var body = new Body(statements(end));
    in.next();
    return body;
  }

  private void statement(Token word, List<Statement> to) {
    int line = word.line();
    to.add(
        switch (word.text()) {
          case "if" -> ifStatement(line);
          case "for" -> forStatement(line);
          case "set" -> setStatement(line);
          case "with" -> withStatement();
          case "macro" -> macro(line);
          case "call" -> callBlock(line);
          case "generation" -> new Node.Generation(body("endgeneration"), line);
          case "filter" -> {
            Expression value = expressions.filters(new Node.Captured(), true);
            yield new Node.FilterBlock(body("endfilter"), value, line);
          }
          case "autoescape" -> {
            Expression on = expressions.expression();
            yield new Node.Scoped(Optional.of(on), body("endautoescape"), line);
          }
          case "block" -> block(line);
          case "print" -> {
            while (in.peek().kind() != Kind.BLOCK_END) {
              to.add(new Node.Output(expressions.expression(), line));
              if (in.peek().kind() != Kind.BLOCK_END) {
                in.expectOperator(",");
              }
            }
            yield new Node.Text("");
          }
          case "break" -> new Node.Break(line);
          case "continue" -> new Node.Continue(line);
          case "include", "import", "from", "extends" -> {
            while (in.peek().kind() != Kind.BLOCK_END) {
              in.next();
            }
            yield new Node.Elsewhere(word.text(), line);
          }
          default ->
              throw new TemplateException(
                  line,
                  "«"
                      + word.text()
                      + "» is no statement of a chat template; there are if, for, set, with, macro,"
                      + " call, filter, break, continue, print, raw and generation");
        });
  }

  private Statement ifStatement(int first) {
    var branches = new ArrayList<Node.Branch>();
    int line = first;
    while (true) {
      Expression condition = expressions.tupleWithoutConditional("");
      branches.add(new Node.Branch(condition, statements("elif", "else", "endif"), line));
      Token word = in.next();
      line = word.line();
      if (word.text().equals("else")) {
        List<Statement> otherwise = statements("endif");
        in.next();
        return new Node.If(branches, otherwise);
      }
      if (word.text().equals("endif")) {
        return new Node.If(branches, List.of());
      }
    }
  }

  private Statement forStatement(int line) {
    Target target = target(false, "in");
    in.expectName("in");
    Expression items = expressions.tupleWithoutConditional("recursive");
    Optional<Expression> condition =
        in.takeName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = in.takeName("recursive");
    var body = new Body(statements("else", "endfor"));
    Optional<Body> otherwise =
        in.next().text().equals("else") ? Optional.of(body("endfor")) : Optional.empty();
    return new Node.For(target, items, condition, recursive, body, otherwise, line);
  }

  /// Names with commas between, perhaps in parentheses, up to a word or the end.
  private Target target(boolean withNamespace, String end) {
    var targets = new ArrayList<Target>();
    boolean several = false;
    while (!in.isName(end)
        && !in.isOperator("=")
        && !in.isOperator(")")
        && in.peek().kind() != Kind.BLOCK_END) {
      targets.add(oneTarget(withNamespace));
      if (!in.take(",")) {
        break;
      }
      several = true;
    }
    if (targets.isEmpty()) {
      throw new TemplateException(in.line(), "a name is expected, not «" + in.peek().text() + "»");
    }
    return several ? new Node.TupleTarget(targets) : targets.getFirst();
  }

  private Target oneTarget(boolean withNamespace) {
    if (in.take("(")) {
      in.nest();
      Target inner = in.isOperator(")") ? new Node.TupleTarget(List.of()) : target(false, "");
      in.unnest();
      in.expectOperator(")");
      return inner;
    }
    String name = name("a name");
    return withNamespace && in.take(".")
        ? new Node.AttributeTarget(name, in.expect(Kind.NAME, "a name").text())
        : new Node.NameTarget(name);
  }

  private String name(String what) {
    Token token = in.expect(Kind.NAME, what);
    if (KEYWORDS.contains(token.text())) {
      throw new TemplateException(token.line(), "«" + token.text() + "» cannot be set");
    }
    return token.text();
  }

  private Statement setStatement(int line) {
    Target target = target(true, "");
    if (in.take("=")) {
      return new Node.Set(target, expressions.tuple(), line);
    }
    Expression value = expressions.filters(new Node.Captured(), false);
    return new Node.SetBlock(target, body("endset"), value, line);
  }

  private Statement withStatement() {
    var targets = new ArrayList<Target>();
    var values = new ArrayList<Expression>();
    while (in.peek().kind() != Kind.BLOCK_END) {
      if (!targets.isEmpty()) {
        in.expectOperator(",");
      }
      targets.add(target(false, ""));
      in.expectOperator("=");
      values.add(expressions.expression());
    }
    return new Node.With(targets, values, body("endwith"));
  }

  private Statement block(int line) {
    String name = name("a block's name");
    while (in.takeName("scoped") || in.takeName("required")) {
      // neither means anything where nothing overrides a block
    }
    Body body = body("endblock");
    in.takeName(name);
    return new Node.Scoped(Optional.empty(), body, line);
  }

  private Statement macro(int line) {
    String name = name("a macro's name");
    Signature signature = signature();
    Body body = body("endmacro");
    return new Node.Macro(name, withSpecialNames(signature, body, line), body, line);
  }

  private Statement callBlock(int line) {
    Signature signature =
        in.isOperator("(") ? signature() : new Signature(List.of(), List.of(), false, false, false);
    if (!(expressions.expression() instanceof Node.Call call)) {
      throw new TemplateException(line, "{% call %} wants a call of a macro");
    }
    Body body = body("endcall");
    return new Node.CallBlock(withSpecialNames(signature, body, line), call, body, line);
  }

  private Signature signature() {
    var parameters = new ArrayList<String>();
    var defaults = new ArrayList<Expression>();
    var names = new HashSet<String>();
    in.expectOperator("(");
    while (!in.take(")")) {
      if (!parameters.isEmpty()) {
        in.expectOperator(",");
      }
      Token token = in.peek();
      parameters.add(name("a parameter"));
      if (!names.add(token.text())) {
        throw new TemplateException(token.line(), "two parameters «" + token.text() + "»");
      }
      if (in.take("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw new TemplateException(
            token.line(), "«" + token.text() + "» wants a default, as one before it has one");
      }
    }
    return new Signature(parameters, defaults, false, false, false);
  }

  private static Signature withSpecialNames(Signature signature, Body body, int line) {
    Set<String> used = Names.undeclared(body, Set.of("caller", "kwargs", "varargs"));
    List<String> parameters = signature.parameters();
    int caller = parameters.indexOf("caller");
    if (used.contains("caller")
        && caller >= 0
        && caller < parameters.size() - signature.defaults().size()) {
      throw new TemplateException(line, "the parameter «caller» wants a default");
    }
    return new Signature(
        parameters,
        signature.defaults(),
        used.contains("caller") && caller < 0,
        used.contains("kwargs") && !parameters.contains("kwargs"),
        used.contains("varargs") && !parameters.contains("varargs"));
  }
}
