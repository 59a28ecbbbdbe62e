package dev.imago.templates.jinja;

import dev.imago.templates.jinja.Node.Body;
import dev.imago.templates.jinja.Node.Expression;
import dev.imago.templates.jinja.Node.Statement;
import dev.imago.templates.jinja.Node.Target;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Carries a template's statements out, once; its [Evaluator] finds the values.
final class Renderer {
  /// How a run of statements ended.
  private enum End {
    NORMAL,
    BREAK,
    CONTINUE
  }

  private final Budget budget = Budget.current();
  private final Map<Body, Set<String>> hidden;
  private final Evaluator in;
  private final StringBuilder rendered = new StringBuilder();
  private final List<Rendering.Span> assistant = new ArrayList<>();
  private StringBuilder out = rendered;

  private Renderer(Map<Body, Set<String>> hidden, Scope globals) {
    this.hidden = hidden;
    this.in = new Evaluator(globals);
  }

  /// @param hidden of [Names#hidden]
  static Rendering render(Body template, Map<Body, Set<String>> hidden, Scope globals) {
    var renderer = new Renderer(hidden, globals);
    try {
      renderer.run(template, new Scope(globals));
      String text = renderer.rendered.toString();
      return new Rendering(text, renderer.assistant.stream().map(s -> s.within(text)).toList());
    } catch (TemplateException e) {
      throw e.at(renderer.in.line);
    } catch (StackOverflowError e) {
      // The budget's depth should come first; a caller may have little stack left.
      throw new TemplateException(renderer.in.line, "nests too deep for the stack of this thread");
    }
  }

  private void write(String text) {
    Budget.make(text.length());
    out.append(text);
  }

  /// Runs a body in a scope of its own.
  private End run(Body body, Scope scope) {
    for (String name : hidden.getOrDefault(body, Set.of())) {
      scope.put(name, Undefined.name(name));
    }
    Scope before = in.scope;
    in.scope = scope;
    End end = run(body.statements());
    in.scope = before;
    return end;
  }

  private String capture(Body body, Scope scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    run(body, scope);
    String text = out.toString();
    out = outer;
    return text;
  }

  private End run(List<Statement> statements) {
    for (Statement statement : statements) {
      budget.step();
      budget.enter();
      End end = run(statement);
      budget.leave();
      if (end != End.NORMAL) {
        return end;
      }
    }
    return End.NORMAL;
  }

  private End run(Statement statement) {
    switch (statement) {
      case Node.Text(String text) -> write(text);
      case Node.Output(Expression expression, int line) -> {
        in.line = line;
        write(Repr.text(in.value(expression)));
      }
      case Node.If(var branches, var otherwise) -> {
        for (Node.Branch branch : branches) {
          in.line = branch.line();
          if (Python.truth(in.value(branch.condition()))) {
            return run(branch.body());
          }
        }
        return run(otherwise);
      }
      case Node.For loop -> {
        in.line = loop.line();
        Object items = in.value(loop.items());
        if (!loop.recursive()) {
          return run(loop, items, 1, in.scope);
        }
        write(recurse(loop, items, 1, in.scope));
      }
      case Node.With(var targets, var values, Body body) -> {
        var scope = new Scope(in.scope);
        for (int i = 0; i < targets.size(); i++) {
          bind(targets.get(i), in.value(values.get(i)), scope);
        }
        return run(body, scope);
      }
      case Node.Set(Target target, Expression value, int line) -> {
        in.line = line;
        checkNamespaces(target);
        bind(target, in.value(value), in.scope);
      }
      case Node.SetBlock(Target target, Body body, Expression value, int line) -> {
        Object result = filtered(body, value, line);
        checkNamespaces(target);
        bind(target, result, in.scope);
      }
      case Node.FilterBlock(Body body, Expression value, int line) -> {
        var scope = new Scope(in.scope);
        StringBuilder outer = out;
        out = new StringBuilder();
        End end = run(body, scope);
        String text = out.toString();
        out = outer;
        if (end != End.NORMAL) {
          return end;
        }
        write(Repr.text(filter(text, value, scope, line)));
      }
      case Node.Macro macro ->
          in.scope.put(macro.name(), macro(macro.name(), macro.signature(), macro.body()));
      case Node.CallBlock(var signature, Node.Call call, Body body, int line) -> {
        in.line = line;
        Macro caller = macro("", signature, body);
        write(Repr.text(in.call(call, Map.of("caller", caller))));
      }
      case Node.Generation(Body body, int line) -> {
        in.line = line;
        int start = rendered.length();
        String text = capture(body, new Scope(in.scope));
        assistant.add(new Rendering.Span(start, start + text.length()));
        write(text);
      }
      case Node.Scoped(var autoescape, Body body, int line) -> {
        in.line = line;
        if (autoescape.isPresent() && Python.truth(in.value(autoescape.get()))) {
          throw new TemplateException(
              line, "autoescape writes HTML, which no chat template does; use the filter «escape»");
        }
        return run(body, new Scope(in.scope));
      }
      case Node.Elsewhere(String word, int line) ->
          throw new TemplateException(
              line, "{% " + word + " %}: a chat template stands alone, there is no other to use");
      case Node.Break b -> {
        return End.BREAK;
      }
      case Node.Continue c -> {
        return End.CONTINUE;
      }
    }
    return End.NORMAL;
  }

  private Object filtered(Body body, Expression value, int line) {
    var scope = new Scope(in.scope);
    return filter(capture(body, scope), value, scope, line);
  }

  private Object filter(String text, Expression value, Scope scope, int line) {
    Scope before = in.scope;
    String captured = in.captured;
    in.scope = scope;
    in.captured = text;
    in.line = line;
    Object result = in.value(value);
    in.captured = captured;
    in.scope = before;
    return result;
  }

  private void checkNamespaces(Target target) {
    switch (target) {
      case Node.NameTarget n -> {}
      case Node.AttributeTarget(String name, String attribute) -> {
        if (!(in.scope.lookup(name) instanceof Namespace)) {
          throw new TemplateException(
              "«" + name + "» is no namespace, so «" + attribute + "» of it cannot be set");
        }
      }
      case Node.TupleTarget(var items) -> items.forEach(this::checkNamespaces);
    }
  }

  private static void bind(Target target, Object value, Scope scope) {
    switch (target) {
      case Node.NameTarget(String name) -> scope.put(name, value);
      case Node.AttributeTarget(String name, String attribute) -> {
        if (scope.lookup(name) instanceof Namespace namespace) {
          Budget.makeItems(1);
          namespace.names.put(attribute, value);
        }
      }
      case Node.TupleTarget(var targets) -> {
        List<Object> items = Python.list(value);
        if (items.size() != targets.size()) {
          throw new TemplateException(
              items.size() + " values cannot be given to " + targets.size() + " names");
        }
        for (int i = 0; i < items.size(); i++) {
          bind(targets.get(i), items.get(i), scope);
        }
      }
    }
  }

  private String recurse(Node.For loop, Object items, int depth, Scope scope) {
    budget.enter();
    StringBuilder outer = out;
    out = new StringBuilder();
    run(loop, items, depth, scope);
    String text = out.toString();
    out = outer;
    budget.leave();
    return text;
  }

  /// @param scope around the loop
  private End run(Node.For loop, Object items, int depth, Scope scope) {
    Object looped = items;
    if (loop.condition().isPresent()) {
      Expression condition = loop.condition().get();
      Iterator<Object> kept =
          Sequences.select(
              Python.iterate(items),
              item -> {
                Scope before = in.scope;
                in.scope = new Scope(scope);
                bind(loop.target(), item, in.scope);
                boolean passes = Python.truth(in.value(condition));
                in.scope = before;
                return passes;
              });
      looped = new Generator(() -> kept);
    }
    var context =
        new LoopContext(
            looped,
            Python.iterate(looped),
            depth,
            loop.recursive()
                ? Optional.of((i, d) -> recurse(loop, i, d, scope))
                : Optional.empty());
    // jinja2 marks a turn as done at its end, which break and continue do not reach.
    boolean done = false;
    while (context.hasNext()) {
      budget.step();
      var inner = new Scope(scope);
      in.line = loop.line();
      bind(loop.target(), context.next(), inner);
      inner.put("loop", context);
      End end = run(loop.body(), inner);
      if (end == End.BREAK) {
        break;
      }
      done |= end == End.NORMAL;
    }
    if (done || loop.otherwise().isEmpty()) {
      return End.NORMAL;
    }
    return run(loop.otherwise().get(), new Scope(scope));
  }

  private Macro macro(String name, Node.Signature signature, Body body) {
    Scope definition = in.scope;
    return new Macro(
        name,
        signature,
        (given, special) -> {
          budget.enter();
          var scope = new Scope(definition);
          List<String> parameters = signature.parameters();
          parameters.forEach(p -> scope.put(p, Undefined.name(p)));
          special.forEach(scope::put);
          Scope before = in.scope;
          in.scope = scope;
          int withoutDefault = parameters.size() - signature.defaults().size();
          for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object value = given.get(parameter);
            if (value != null) {
              scope.put(parameter, value);
            } else if (i >= withoutDefault) {
              scope.put(parameter, in.value(signature.defaults().get(i - withoutDefault)));
            } else {
              scope.put(parameter, new Undefined("the parameter «" + parameter + "» is not given"));
            }
          }
          in.scope = before;
          String text = capture(body, scope);
          budget.leave();
          return text;
        });
  }
}
