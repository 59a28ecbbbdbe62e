package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Lexer.Kind;
import dev.imago.templates.jinja.Lexer.Token;
import java.util.List;

/// The tokens of a template, read one after another.
final class TokenReader {
  /// Deeper nesting is refused, lest a hostile template overflow the stack.
  private static final int MAX_DEPTH = 120;

  private static final int MAX_CHAIN = 200;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekNext() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  /// Takes a token; the last, which is the end, is never passed.
  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  int line() {
    return peek().line();
  }

  void nest() {
    if (++depth > MAX_DEPTH) {
      throw new TemplateException(
          line(), "nested more than " + MAX_DEPTH + " deep; use a macro or a variable");
    }
  }

  void unnest() {
    depth--;
  }

  /// Refuses a chain of operators that is too long: it makes a tree as deep as it is long.
  void chain(int length) {
    if (length > MAX_CHAIN) {
      throw new TemplateException(
          line(), "a chain of more than " + MAX_CHAIN + " operators; use a variable");
    }
  }

  static TemplateException unexpected(Token token) {
    return new TemplateException(token.line(), "«" + token.text() + "» is not expected here");
  }

  private TemplateException expected(String what) {
    return new TemplateException(line(), what + " is expected, not «" + peek().text() + "»");
  }

  Token expect(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw expected(what);
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!take(operator)) {
      throw expected("«" + operator + "»");
    }
  }

  void expectName(String name) {
    if (!takeName(name)) {
      throw expected("«" + name + "»");
    }
  }

  boolean take(String operator) {
    boolean found = isOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  boolean isOperator(String operator) {
    return isOperator(peek(), operator);
  }

  static boolean isOperator(Token token, String operator) {
    return token.kind() == Kind.OPERATOR && token.text().equals(operator);
  }

  boolean takeName(String name) {
    boolean found = isName(name);
    if (found) {
      next();
    }
    return found;
  }

  boolean isName(String name) {
    return peek().kind() == Kind.NAME && peek().text().equals(name);
  }
}
