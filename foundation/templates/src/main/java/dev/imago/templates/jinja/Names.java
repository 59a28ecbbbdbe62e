package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Node.Body;
import dev.imago.templates.jinja.Node.CallArguments;
import dev.imago.templates.jinja.Node.Expression;
import dev.imago.templates.jinja.Node.Statement;
import dev.imago.templates.jinja.Node.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Which names a template's parts use, found without carrying it out.
///
/// jinja2 decides where a name lives when it compiles: a name that a scope sets before it reads it
/// is the scope's own from the scope's begin, and hides a variable of that name that the caller
/// gives. This finds those names.
final class Names {
  private final Map<Body, Set<String>> hidden = new IdentityHashMap<>();

  private Names() {}

  /// By scope, the names of its own that hide what the caller gives.
  static Map<Body, Set<String>> hidden(Body template) {
    var names = new Names();
    names.scope(template, Set.of(), Set.of());
    return names.hidden;
  }

  /// Those of some names that are read before they are set.
  static Set<String> undeclared(Body body, Set<String> names) {
    var wanted = new HashSet<>(names);
    var found = new HashSet<String>();
    everything(
        body.statements(),
        name -> {
          if (wanted.contains(name)) {
            found.add(name);
          }
        },
        wanted::remove);
    return found;
  }

  static List<Expression> children(Expression expression) {
    var children = new ArrayList<Expression>();
    switch (expression) {
      case Node.Literal l -> {}
      case Node.Name n -> {}
      case Node.Captured c -> {}
      case Node.ListOf(var items) -> children.addAll(items);
      case Node.TupleOf(var items) -> children.addAll(items);
      case Node.Concat(var parts) -> children.addAll(parts);
      case Node.DictOf(var keys, var values) -> {
        children.addAll(keys);
        children.addAll(values);
      }
      case Node.Attribute a -> children.add(a.operand());
      case Node.Item i -> children.addAll(List.of(i.operand(), i.index()));
      case Node.Slice s -> {
        children.add(s.operand());
        s.from().ifPresent(children::add);
        s.to().ifPresent(children::add);
        s.step().ifPresent(children::add);
      }
      case Node.Call c -> {
        children.add(c.callee());
        addArguments(c.arguments(), children);
      }
      case Node.Filter f -> {
        children.add(f.operand());
        addArguments(f.arguments(), children);
      }
      case Node.Test t -> {
        children.add(t.operand());
        addArguments(t.arguments(), children);
      }
      case Node.Not n -> children.add(n.operand());
      case Node.Sign s -> children.add(s.operand());
      case Node.And a -> children.addAll(List.of(a.left(), a.right()));
      case Node.Or o -> children.addAll(List.of(o.left(), o.right()));
      case Node.Binary b -> children.addAll(List.of(b.left(), b.right()));
      case Node.Comparison c -> {
        children.add(c.first());
        children.addAll(c.rest());
      }
      case Node.Conditional c -> {
        children.add(c.condition());
        children.add(c.then());
        c.otherwise().ifPresent(children::add);
      }
    }
    return children;
  }

  private static void addArguments(CallArguments arguments, List<Expression> to) {
    to.addAll(arguments.positional());
    arguments.keywords().forEach(k -> to.add(k.value()));
    arguments.star().ifPresent(to::add);
    arguments.doubleStar().ifPresent(to::add);
  }

  private static void loads(Expression expression, Consumer<String> load) {
    if (expression instanceof Node.Name(String name)) {
      load.accept(name);
    }
    children(expression).forEach(e -> loads(e, load));
  }

  static void stores(Target target, Consumer<String> store) {
    switch (target) {
      case Node.NameTarget(String name) -> store.accept(name);
      case Node.AttributeTarget a -> {}
      case Node.TupleTarget(var items) -> items.forEach(t -> stores(t, store));
    }
  }

  /// Every name of statements and of all that they enclose.
  private static void everything(
      List<Statement> statements, Consumer<String> load, Consumer<String> store) {
    for (Statement statement : statements) {
      switch (statement) {
        case Node.Output o -> loads(o.expression(), load);
        case Node.If(var branches, var otherwise) -> {
          for (Node.Branch branch : branches) {
            loads(branch.condition(), load);
            everything(branch.body(), load, store);
          }
          everything(otherwise, load, store);
        }
        case Node.For f -> {
          stores(f.target(), store);
          loads(f.items(), load);
          everything(f.body().statements(), load, store);
          f.otherwise().ifPresent(b -> everything(b.statements(), load, store));
          f.condition().ifPresent(c -> loads(c, load));
        }
        case Node.With(var targets, var values, Body body) -> {
          targets.forEach(t -> stores(t, store));
          values.forEach(v -> loads(v, load));
          everything(body.statements(), load, store);
        }
        case Node.Set s -> {
          stores(s.target(), store);
          loads(s.value(), load);
        }
        case Node.SetBlock s -> {
          stores(s.target(), store);
          loads(s.value(), load);
          everything(s.body().statements(), load, store);
        }
        case Node.FilterBlock f -> {
          everything(f.body().statements(), load, store);
          loads(f.value(), load);
        }
        case Node.Macro m -> {
          m.signature().parameters().forEach(store);
          m.signature().defaults().forEach(d -> loads(d, load));
          everything(m.body().statements(), load, store);
        }
        case Node.CallBlock c -> {
          loads(c.call(), load);
          c.signature().parameters().forEach(store);
          c.signature().defaults().forEach(d -> loads(d, load));
          everything(c.body().statements(), load, store);
        }
        case Node.Generation g -> everything(g.body().statements(), load, store);
        case Node.Scoped s -> {
          s.autoescape().ifPresent(e -> loads(e, load));
          everything(s.body().statements(), load, store);
        }
        case Node.Text t -> {}
        case Node.Elsewhere e -> {}
        case Node.Break b -> {}
        case Node.Continue c -> {}
      }
    }
  }

  private static final class Scope {
    final Set<String> outer;
    final Set<String> seen;
    final Set<String> hidden = new HashSet<>();

    Scope(Set<String> outer, Set<String> parameters) {
      this.outer = outer;
      this.seen = new HashSet<>(parameters);
    }

    void store(String name, boolean always) {
      if (seen.add(name) && always && !outer.contains(name)) {
        hidden.add(name);
      }
    }

    Set<String> all() {
      var all = new HashSet<>(outer);
      all.addAll(seen);
      return all;
    }
  }

  private void scope(Body body, Set<String> outer, Set<String> parameters) {
    var scope = new Scope(outer, parameters);
    own(body.statements(), scope, true);
    if (!scope.hidden.isEmpty()) {
      hidden.put(body, scope.hidden);
    }
    enclosed(body.statements(), scope.all());
  }

  /// The names that a scope itself reads and sets.
  ///
  /// @param always whether the statements are carried out whenever the scope is
  private static void own(List<Statement> statements, Scope scope, boolean always) {
    Consumer<String> load = scope.seen::add;
    Consumer<String> store = name -> scope.store(name, always);
    for (Statement statement : statements) {
      switch (statement) {
        case Node.Output o -> loads(o.expression(), load);
        case Node.If(var branches, var otherwise) -> {
          for (Node.Branch branch : branches) {
            loads(branch.condition(), load);
            own(branch.body(), scope, false);
          }
          own(otherwise, scope, false);
        }
        case Node.For f -> loads(f.items(), load);
        case Node.With w -> w.values().forEach(v -> loads(v, load));
        case Node.Set s -> {
          loads(s.value(), load);
          namespaces(s.target(), load);
          stores(s.target(), store);
        }
        case Node.SetBlock s -> stores(s.target(), store);
        case Node.FilterBlock f -> loads(f.value(), load);
        case Node.Macro m -> store.accept(m.name());
        case Node.CallBlock c -> loads(c.call(), load);
        case Node.Generation g -> {}
        case Node.Scoped s -> {}
        case Node.Text t -> {}
        case Node.Elsewhere e -> {}
        case Node.Break b -> {}
        case Node.Continue c -> {}
      }
    }
  }

  private static void namespaces(Target target, Consumer<String> load) {
    switch (target) {
      case Node.NameTarget n -> {}
      case Node.AttributeTarget a -> load.accept(a.namespace());
      case Node.TupleTarget(var items) -> items.forEach(t -> namespaces(t, load));
    }
  }

  private void enclosed(List<Statement> statements, Set<String> outer) {
    for (Statement statement : statements) {
      switch (statement) {
        case Node.If(var branches, var otherwise) -> {
          branches.forEach(b -> enclosed(b.body(), outer));
          enclosed(otherwise, outer);
        }
        case Node.For f -> {
          var parameters = new HashSet<String>();
          parameters.add("loop");
          stores(f.target(), parameters::add);
          scope(f.body(), outer, parameters);
          f.otherwise().ifPresent(b -> scope(b, outer, Set.of()));
        }
        case Node.With w -> {
          var parameters = new HashSet<String>();
          w.targets().forEach(t -> stores(t, parameters::add));
          scope(w.body(), outer, parameters);
        }
        case Node.SetBlock s -> scope(s.body(), outer, Set.of());
        case Node.FilterBlock f -> scope(f.body(), outer, Set.of());
        case Node.Macro m -> scope(m.body(), outer, parameters(m.signature()));
        case Node.CallBlock c -> scope(c.body(), outer, parameters(c.signature()));
        case Node.Generation g -> scope(g.body(), outer, Set.of());
        case Node.Scoped s -> scope(s.body(), outer, Set.of());
        case Node.Output o -> {}
        case Node.Set s -> {}
        case Node.Text t -> {}
        case Node.Elsewhere e -> {}
        case Node.Break b -> {}
        case Node.Continue c -> {}
      }
    }
  }

  private static Set<String> parameters(Node.Signature signature) {
    var parameters = new HashSet<>(signature.parameters());
    parameters.addAll(Set.of("caller", "kwargs", "varargs"));
    return parameters;
  }
}
