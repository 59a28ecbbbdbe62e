package dev.imago.text.jinja;

import dev.imago.text.jinja.Lexer.Kind;
import dev.imago.text.jinja.Lexer.Token;
import dev.imago.text.jinja.Node.Expression;
import dev.imago.text.jinja.Node.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a template's statements; its [ExpressionParser] read what stands in them.
final class Parser {
  private final ExpressionParser in;

  private Parser(List<Token> tokens) {
    in = new ExpressionParser(tokens);
  }

  static List<Statement> parse(String template) {
    var parser = new Parser(Lexer.tokens(template));
    return parser.until(Set.of());
  }

  /// Statements up to a block that starts with one of these words, which is left to be read.
  private List<Statement> until(Set<String> ends) {
    var body = new ArrayList<Statement>();
    in.nest();
    while (true) {
      Token token = in.next();
      switch (token.kind()) {
        case TEXT -> body.add(new Node.Text(token.text()));
        case OUTPUT_BEGIN -> {
          body.add(new Node.Output(in.tuple(), token.line()));
          in.expect(Kind.OUTPUT_END, "}}");
        }
        case BLOCK_BEGIN -> {
          Token word = in.expect(Kind.NAME, "a statement");
          if (ends.contains(word.text())) {
            in.back();
            in.unnest();
            return body;
          }
          body.add(statement(word));
        }
        case END -> {
          if (ends.isEmpty()) {
            in.unnest();
            return body;
          }
          throw new TemplateException(
              token.line(), "the template ends where {% " + first(ends) + " %} should be");
        }
        default -> throw in.unexpected(token);
      }
    }
  }

  private static String first(Set<String> ends) {
    return ends.stream().filter(e -> e.startsWith("end")).findFirst().orElseThrow();
  }

  private void close() {
    in.expect(Kind.BLOCK_END, "%}");
  }

  private List<Statement> body(String end) {
    close();
    List<Statement> body = until(Set.of(end));
    in.next();
    if (in.peek().kind() == Kind.NAME) {
      in.next(); // endmacro may repeat the name
    }
    close();
    return body;
  }

  private Statement statement(Token word) {
    return switch (word.text()) {
      case "if" -> ifStatement();
      case "for" -> forStatement(word.line());
      case "set" -> setStatement(word.line());
      case "macro" -> macro();
      case "generation" -> new Node.Block(body("endgeneration"));
      case "filter" -> {
        Expression value = in.filters(new Node.Capture());
        yield new Node.FilterBlock(body("endfilter"), value);
      }
      case "break" -> {
        close();
        yield new Node.Break();
      }
      case "continue" -> {
        close();
        yield new Node.Continue();
      }
      default ->
          throw new TemplateException(
              word.line(),
              "«"
                  + word.text()
                  + "» is no statement of a chat template; there are if, for, set, macro, filter,"
                  + " break, continue, raw and generation");
    };
  }

  private Statement ifStatement() {
    var conditions = new ArrayList<Expression>();
    var branches = new ArrayList<List<Statement>>();
    List<Statement> otherwise = List.of();
    conditions.add(in.tuple());
    close();
    branches.add(until(Set.of("elif", "else", "endif")));
    while (true) {
      String word = in.next().text();
      if (word.equals("elif")) {
        conditions.add(in.tuple());
        close();
        branches.add(until(Set.of("elif", "else", "endif")));
      } else if (word.equals("else")) {
        close();
        otherwise = until(Set.of("endif"));
      } else {
        close();
        return new Node.If(conditions, branches, otherwise);
      }
    }
  }

  private Statement forStatement(int line) {
    List<String> targets = targets();
    in.expectName("in");
    Expression items = in.withoutConditional();
    Optional<Expression> condition =
        in.takeName("if") ? Optional.of(in.expression()) : Optional.empty();
    if (in.takeName("recursive")) {
      throw new TemplateException(line, "a recursive loop is not supported; use a macro");
    }
    close();
    List<Statement> body = until(Set.of("else", "endfor"));
    List<Statement> otherwise = List.of();
    if (in.next().text().equals("else")) {
      close();
      otherwise = until(Set.of("endfor"));
      in.next();
    }
    close();
    return new Node.For(targets, items, condition, body, otherwise, line);
  }

  private List<String> targets() {
    var targets = new ArrayList<String>();
    boolean parenthesis = in.take("(");
    do {
      targets.add(in.expect(Kind.NAME, "a name").text());
    } while (in.take(","));
    if (parenthesis) {
      in.expectOperator(")");
    }
    return targets;
  }

  private Statement setStatement(int line) {
    List<String> targets = targets();
    if (targets.size() == 1 && in.take(".")) {
      String attribute = in.expect(Kind.NAME, "a name").text();
      in.expectOperator("=");
      Expression value = in.tuple();
      close();
      return new Node.SetAttribute(targets.getFirst(), attribute, value, line);
    }
    if (in.take("=")) {
      Expression value = in.tuple();
      close();
      return new Node.Set(targets, value);
    }
    Expression value = in.filters(new Node.Capture());
    return new Node.SetBlock(targets.getFirst(), body("endset"), value);
  }

  private Statement macro() {
    String name = in.expect(Kind.NAME, "a macro's name").text();
    var parameters = new ArrayList<String>();
    var defaults = new LinkedHashMap<String, Expression>();
    in.expectOperator("(");
    while (!in.take(")")) {
      if (!parameters.isEmpty()) {
        in.expectOperator(",");
      }
      String parameter = in.expect(Kind.NAME, "a parameter").text();
      parameters.add(parameter);
      if (in.take("=")) {
        defaults.put(parameter, in.expression());
      }
    }
    return new Node.Macro(name, parameters, defaults, body("endmacro"));
  }
}
