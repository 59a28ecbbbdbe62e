package dev.imago.dialogue;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Constraints on the answers of one model in its own form: a call of a tool with arguments that
/// fit their schema, and thoughts of a bounded length. Thread-safe.
public final class FormConstraints {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_KNOWN = 32;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private final AnswerForm form;
  private final FormTokens tokens;
  private final Function<Grammar, TokenConstraint> vocabulary;
  private final Set<Integer> ends;

  /// The calls that were asked for last.
  private final Map<String, TokenSteps> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenSteps> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /// By the token that opens calls; one, of all tools.
  private final Map<Integer, Optional<SpelledMark>> guards = new ConcurrentHashMap<>();

  /// @param vocabulary makes a constraint over the model's vocabulary
  /// @param ends the ids that end an answer
  public FormConstraints(
      AnswerForm form,
      Tokenizer tokenizer,
      Function<Grammar, TokenConstraint> vocabulary,
      Set<Integer> ends) {
    this.form = form;
    this.tokens = new FormTokens(tokenizer, form);
    this.vocabulary = vocabulary;
    this.ends = Set.copyOf(ends);
  }

  /// The constraint that a rule is; null where the answer is free.
  ///
  /// @throws ConstraintException for a schema that cannot be held to, naming what in it
  public @Nullable TokenConstraint of(AnswerRule rule) {
    return of(rule, null);
  }

  /// The same, where what follows the thoughts is held to another constraint, too.
  ///
  /// @param otherwise null where it may be anything
  /// @throws ConstraintException where a tool must be called and something else said, too
  public @Nullable TokenConstraint of(AnswerRule rule, @Nullable TokenConstraint otherwise) {
    boolean mustCall = !rule.mustCall().names().isEmpty();
    if (mustCall && otherwise != null) {
      throw new ConstraintException(
          "an answer cannot be a call of a tool and something else that is asked for; send one of"
              + " the two");
    }
    TokenConstraint then = mustCall ? call(rule.mustCall()) : otherwise;
    boolean late = then == null && !rule.mayCall().names().isEmpty();
    if (late) {
      then = late(rule.mayCall());
    }
    if (!mustCall
        && otherwise != null
        && rule.mostThoughts() >= 0
        && form.calls() instanceof CallSyntax.Channels) {
      var steps = new ArrayList<TokenSteps.Step>();
      for (int id : tokens.ids("<|channel|>final<|message|>")) {
        steps.add(new TokenSteps.Step(id, null));
      }
      steps.add(new TokenSteps.Step(-1, otherwise));
      then = new TokenSteps(steps);
    }
    ThoughtConstraint.Border border = border(then != null && !late);
    boolean thoughts = rule.mostThoughts() >= 0 || rule.thinking() || mustCall || late;
    return border == null || !thoughts || then == null && rule.mostThoughts() < 0
        ? then
        : new ThoughtConstraint(
            tokens,
            border,
            rule.thinking(),
            rule.mostThoughts(),
            then == null || late ? then : afterThoughts(then),
            ends);
  }

  /// Whether the model thinks before it speaks, so that thoughts can be bounded.
  public boolean thinks() {
    return border(false) != null;
  }

  private ThoughtConstraint.@Nullable Border border(boolean mustCall) {
    if (form.calls() instanceof CallSyntax.Channels) {
      String next = "<|end|><|start|>assistant";
      return new ThoughtConstraint.Border(
          List.of("<|channel|>analysis<|message|>"),
          List.of(mustCall ? next : "<|end|>"),
          mustCall ? next : next + "<|channel|>final<|message|>");
    }
    AnswerForm.Thinking tags = form.thinking();
    return tags == null
        ? null
        : new ThoughtConstraint.Border(
            List.of(tags.open()), List.of(tags.close()), tags.close() + (mustCall ? "" : "\n\n"));
  }

  /// Models leave a line between thoughts and what follows; channels do not.
  private TokenConstraint afterThoughts(TokenConstraint call) {
    return form.thinking() == null
        ? call
        : new AnyConstraint(
            List.of(
                call,
                new TokenSteps(
                    List.of(
                        new TokenSteps.Step(
                            -1, vocabulary.apply(Grammar.choice(List.of("\n", "\n\n")))),
                        new TokenSteps.Step(-1, call)))));
  }

  private TokenConstraint call(OfferedTools tools) {
    var calls = new ArrayList<TokenConstraint>();
    tools.parametersByName().forEach((name, parameters) -> calls.add(call(name, parameters)));
    return calls.size() == 1 ? calls.getFirst() : new AnyConstraint(calls);
  }

  /// Calls that may come anywhere.
  private TokenConstraint late(OfferedTools tools) {
    int opening = -1;
    for (var tool : tools.parametersByName().entrySet()) {
      opening = call(tool.getKey(), tool.getValue()).first(); // the form's: the same of all tools
      if (opening < 0 || form.calls() instanceof CallSyntax.Channels) {
        throw new ConstraintException(
            "strict calls of tools cannot be told from text where they begin, in this"
                + " model's form: set tool_choice to required, or leave strict out");
      }
    }
    SpelledMark guard = guards.computeIfAbsent(opening, tokens::guard).orElse(null);
    return new LateCalls(call(tools), opening, guard, tokens.but(ends));
  }

  /// What a tool's schema was made into is kept, since it knows more with every answer.
  private TokenSteps call(String name, Map<?, ?> parameters) {
    String key = name + " " + JSON.writeValueAsString(parameters);
    synchronized (known) {
      TokenSteps made = known.get(key);
      if (made != null) {
        return made;
      }
    }
    TokenSteps made = steps(parts(name, parameters));
    synchronized (known) {
      known.put(key, made);
      return made;
    }
  }

  /// A text of the form, or the grammar of arguments in it.
  private sealed interface Part {
    record Text(String text) implements Part {}

    record Arguments(Grammar grammar) implements Part {}
  }

  /// Texts and grammars that follow each other are one grammar, so that tokens may reach over both;
  /// marks with tokens of their own stand between.
  private TokenSteps steps(List<Part> parts) {
    var steps = new ArrayList<TokenSteps.Step>();
    var run = new ArrayList<Grammar>();
    for (Part part : parts) {
      switch (part) {
        case Part.Arguments(Grammar grammar) -> run.add(grammar);
        case Part.Text(String text) -> {
          for (FormTokens.Stretch stretch : tokens.stretches(text)) {
            if (stretch.id() < 0) {
              run.add(Grammar.literal(stretch.text()));
            } else {
              end(run, steps);
              steps.add(new TokenSteps.Step(stretch.id(), null));
            }
          }
        }
      }
    }
    end(run, steps);
    return new TokenSteps(steps);
  }

  private void end(List<Grammar> run, List<TokenSteps.Step> steps) {
    if (!run.isEmpty()) {
      steps.add(new TokenSteps.Step(-1, vocabulary.apply(Grammar.inOrder(List.copyOf(run)))));
      run.clear();
    }
  }

  private List<Part> parts(String name, Map<?, ?> parameters) {
    if (!NAME.matcher(name).matches()) {
      throw new ConstraintException(
          "a tool is named «%s», and names have letters, digits, «_», «-» and «.» only"
              .formatted(name));
    }
    String quoted = JSON.writeValueAsString(name);
    return switch (form.calls()) {
      case CallSyntax.None _ ->
          throw new ConstraintException(
              "this model's chat template shows no form of calls; serve a model that was made for"
                  + " tools");
      case CallSyntax.TaggedJson tagged ->
          List.of(
              new Part.Text(
                  "%s%s{\"%s\": %s, \"%s\": "
                      .formatted(
                          tagged.open(),
                          tagged.listed() ? "[" : "\n",
                          tagged.name(),
                          quoted,
                          tagged.arguments())),
              json(parameters),
              new Part.Text((tagged.listed() ? "}]" : "}\n") + tagged.close()));
      case CallSyntax.BareJson _ ->
          List.of(
              new Part.Text("{\"name\": " + quoted + ", \"parameters\": "),
              json(parameters),
              new Part.Text("}"));
      case CallSyntax.Listed(boolean named) ->
          named
              ? List.of(
                  new Part.Text(CallSyntax.Listed.OPEN + name + CallSyntax.Listed.ARGUMENTS),
                  json(parameters))
              : List.of(
                  new Part.Text(
                      CallSyntax.Listed.OPEN + "[{\"name\": " + quoted + ", \"arguments\": "),
                  json(parameters),
                  new Part.Text("}]"));
      case CallSyntax.Pythonic python ->
          List.of(
              new Part.Text(python.open() + "[" + name + "("),
              new Part.Arguments(
                  ArgumentGrammars.joined(
                      name,
                      parameters,
                      ", ",
                      (key, schema) ->
                          Grammar.inOrder(
                              List.of(Grammar.literal(key + "="), ArgumentGrammars.json(schema))))),
              new Part.Text(")]" + python.close()));
      case CallSyntax.Elements form ->
          List.of(
              new Part.Text(form.open() + "\n" + form.call() + name + form.nameEnd() + "\n"),
              new Part.Arguments(
                  ArgumentGrammars.joined(
                      name,
                      parameters,
                      "",
                      (key, schema) ->
                          ArgumentGrammars.between(
                              form.before(key, "string".equals(schema.get("type"))),
                              ArgumentGrammars.plain(name, key, schema),
                              form.after()))),
              new Part.Text(form.callEnd() + "\n" + form.close()));
      case CallSyntax.KeysAndValues _ ->
          List.of(
              new Part.Text(CallSyntax.KeysAndValues.OPEN + name + "\n"),
              new Part.Arguments(
                  ArgumentGrammars.joined(
                      name,
                      parameters,
                      "",
                      (key, schema) ->
                          ArgumentGrammars.between(
                              "<arg_key>" + key + "</arg_key>\n<arg_value>",
                              ArgumentGrammars.plain(name, key, schema),
                              "</arg_value>\n"))),
              new Part.Text(CallSyntax.KeysAndValues.CLOSE));
      case CallSyntax.Sections form ->
          List.of(
              new Part.Text(
                  form.open()
                      + form.call()
                      + (form.typed()
                          ? "function" + form.separator() + name + "\n```json\n"
                          : form.prefix()
                              + name
                              + (form.prefix().isEmpty() ? "" : ":0")
                              + form.separator())),
              json(parameters),
              new Part.Text((form.typed() ? "\n```" : "") + form.callEnd() + form.close()));
      case CallSyntax.Channels _ ->
          List.of(
              new Part.Text(
                  "<|channel|>commentary to=functions." + name + " <|constrain|>json<|message|>"),
              json(parameters));
    };
  }

  private static Part json(Map<?, ?> parameters) {
    return new Part.Arguments(ArgumentGrammars.object(parameters));
  }
}
