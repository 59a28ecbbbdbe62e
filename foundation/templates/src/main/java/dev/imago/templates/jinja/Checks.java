package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Node.Body;
import dev.imago.templates.jinja.Node.Expression;
import dev.imago.templates.jinja.Node.Statement;
import java.util.List;

/// What jinja2 refuses before it carries anything out: filters and tests that do not exist (where
/// no `if` guards them), a `break` outside of a loop, a loop that sets `loop`.
final class Checks {
  private int line = 1;

  private final Dialect dialect;

  private Checks(Dialect dialect) {
    this.dialect = dialect;
  }

  static void check(Body template, Dialect dialect) {
    new Checks(dialect).statements(template.statements(), false, false, false);
  }

  /// @param inLoop whether `break` means something
  /// @param inFor whether a `for` stands around them, however far
  /// @param guarded whether an `if` of the same scope stands around them
  private void statements(
      List<Statement> statements, boolean inLoop, boolean inFor, boolean guarded) {
    for (Statement statement : statements) {
      switch (statement) {
        case Node.Output(Expression e, int l) -> {
          line = l;
          expression(e, guarded);
        }
        case Node.If(var branches, var otherwise) -> {
          for (Node.Branch branch : branches) {
            line = branch.line();
            expression(branch.condition(), true);
            statements(branch.body(), inLoop, inFor, true);
          }
          statements(otherwise, inLoop, inFor, true);
        }
        case Node.For f -> {
          line = f.line();
          Names.stores(f.target(), name -> store(name, true));
          expression(f.items(), guarded);
          f.condition().ifPresent(c -> expression(c, false));
          statements(f.body().statements(), true, true, false);
          f.otherwise()
              .ifPresent(b -> statements(b.statements(), inLoop && !f.recursive(), true, false));
        }
        case Node.With w -> {
          w.targets().forEach(t -> Names.stores(t, name -> store(name, false)));
          w.values().forEach(v -> expression(v, guarded));
          statements(w.body().statements(), inLoop, inFor, false);
        }
        case Node.Set s -> {
          line = s.line();
          Names.stores(s.target(), name -> store(name, inFor));
          expression(s.value(), guarded);
        }
        case Node.SetBlock s -> {
          line = s.line();
          Names.stores(s.target(), name -> store(name, inFor));
          expression(s.value(), false);
          statements(s.body().statements(), inLoop, inFor, false);
        }
        case Node.FilterBlock f -> {
          line = f.line();
          expression(f.value(), false);
          statements(f.body().statements(), inLoop, inFor, false);
        }
        case Node.Macro m -> {
          line = m.line();
          m.signature().defaults().forEach(d -> expression(d, false));
          statements(m.body().statements(), false, inFor, false);
        }
        case Node.CallBlock c -> {
          line = c.line();
          expression(c.call(), guarded);
          c.signature().defaults().forEach(d -> expression(d, false));
          statements(c.body().statements(), false, inFor, false);
        }
        case Node.Generation g -> statements(g.body().statements(), false, inFor, false);
        case Node.Scoped s -> {
          s.autoescape().ifPresent(e -> expression(e, false));
          statements(s.body().statements(), inLoop && s.autoescape().isPresent(), inFor, false);
        }
        case Node.Break b -> loops(inLoop, "break", b.line());
        case Node.Continue c -> loops(inLoop, "continue", c.line());
        case Node.Text t -> {}
        case Node.Elsewhere e -> {}
      }
    }
  }

  private void store(String name, boolean inFor) {
    if (inFor && name.equals("loop")) {
      throw new TemplateException(line, "«loop» is the loop's own and cannot be set in it");
    }
  }

  private static void loops(boolean inLoop, String word, int line) {
    if (!inLoop) {
      throw new TemplateException(line, "{% " + word + " %} stands in no loop");
    }
  }

  private void expression(Expression expression, boolean guarded) {
    switch (expression) {
      case Node.Filter f when !guarded && !Filters.has(f.name(), dialect) ->
          throw new TemplateException(f.line(), Filters.unknown(f.name()));
      case Node.Test t when !guarded && !Tests.has(t.name()) ->
          throw new TemplateException(t.line(), Tests.unknown(t.name()));
      default -> {
        boolean inner = guarded || expression instanceof Node.Conditional;
        Names.children(expression).forEach(e -> expression(e, inner));
      }
    }
  }
}
