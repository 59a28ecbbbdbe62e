package dev.imago.generate;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerForm;
import dev.imago.dialogue.AnswerParser;
import dev.imago.dialogue.AnswerPart;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.dialogue.FormConstraints;
import dev.imago.dialogue.OfferedTools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A model that is talked to in process: a conversation in, an answer out, taken apart into text,
/// thoughts and calls of tools. Thread-safe.
///
/// ```java
/// try (var model = LanguageModel.open(path, 4); var dialogue = new Dialogue(model, 8)) {
///   var asked = Dialogue.Question.of(List.of(Map.of("role", "user", "content", "Rain in Paris?")));
///   Answer answer = dialogue.ask(asked.withTools(tools), part -> true).answer();
/// }
/// ```
public final class Dialogue implements AutoCloseable {
  private static final int MOST_SCHEMAS = 16;

  private final LanguageModel model;
  private final AnswerReading reading;
  private final FormConstraints constraints;
  private final Engine engine;
  private final int context;

  /// By JSON Schema, those that were asked for last.
  private final Map<String, TokenConstraint> schemas =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenConstraint> eldest) {
          return size() > MOST_SCHEMAS;
        }
      };

  /// @param model stays its opener's to close
  /// @param atOnce how many answers are generated together; more wait
  public Dialogue(LanguageModel model, int atOnce) {
    this(model, atOnce, CacheBudget.UNBOUNDED);
  }

  /// @param budget of keys and values
  public Dialogue(LanguageModel model, int atOnce, CacheBudget budget) {
    this.model = model;
    this.reading = AnswerReading.of(model.chatTemplate(), model.tokenizer());
    this.constraints =
        new FormConstraints(reading.form(), model.tokenizer(), model::constrain, model.stopIds());
    this.context = model.longestContext(budget);
    this.engine = new Engine(model, atOnce, context, Integer.MAX_VALUE - atOnce, budget);
  }

  /// What is asked.
  ///
  /// @param messages as the OpenAI API has them; arguments of calls are objects
  /// @param tools that may be called, as the OpenAI API has them; where one is `strict`, calls fit
  ///   their schemas, or the question is refused
  /// @param mustCall whether one of them must be
  /// @param parallel whether several calls may be made in one answer
  /// @param mostThoughts tokens that the model may think; −1 for as many as it likes
  /// @param sampling how words are chosen, and how many
  /// @param schema the JSON Schema that the answer meets, or [#ANY_OBJECT]; null where it may be
  ///   anything
  public record Question(
      List<? extends Map<String, ?>> messages,
      List<? extends Map<String, ?>> tools,
      boolean mustCall,
      boolean parallel,
      int mostThoughts,
      Sampling sampling,
      @Nullable String schema) {
    /// Of any JSON object.
    public static final String ANY_OBJECT = "{\"type\":\"object\"}";

    public Question {
      messages = List.copyOf(messages);
      tools = List.copyOf(tools);
      if (schema != null && !tools.isEmpty()) {
        throw new IllegalArgumentException(
            "an answer that meets a schema calls no tools; leave the tools out, or the schema");
      }
    }

    /// The likeliest words, as many as fit, and no tools.
    public static Question of(List<? extends Map<String, ?>> messages) {
      return new Question(
          messages, List.of(), false, true, -1, Sampling.greedy(Integer.MAX_VALUE), null);
    }

    public Question withTools(List<? extends Map<String, ?>> offered) {
      return new Question(messages, offered, mustCall, parallel, mostThoughts, sampling, schema);
    }

    public Question withSampling(Sampling changed) {
      return new Question(messages, tools, mustCall, parallel, mostThoughts, changed, schema);
    }

    /// Whether one of the tools must be called.
    public Question withCall(boolean must) {
      return new Question(messages, tools, must, parallel, mostThoughts, sampling, schema);
    }

    /// Whose answer meets a JSON Schema.
    ///
    /// @throws IllegalArgumentException where tools are offered, too
    public Question withSchema(String met) {
      return new Question(messages, tools, mustCall, parallel, mostThoughts, sampling, met);
    }

    private Map<String, Object> variables() {
      var variables = new LinkedHashMap<String, Object>();
      variables.put("messages", messages);
      if (!tools.isEmpty()) {
        variables.put("tools", tools);
      }
      variables.put("add_generation_prompt", true);
      return variables;
    }
  }

  /// An answer with its end.
  public record Reply(Answer answer, FinishReason reason, int promptTokens, int answerTokens) {}

  /// The most tokens of prompt and answer together.
  public int context() {
    return context;
  }

  /// How the model writes its answers.
  public AnswerForm form() {
    return reading.form();
  }

  /// Asks, and waits for the answer's end.
  ///
  /// @param listener is told what becomes certain, as it comes; it ends the answer by false
  /// @throws IllegalArgumentException for tools where the template shows none, what the template
  ///   refuses, a prompt that is too long (both numbers), or a schema that cannot be held to
  public Reply ask(Question question, Predicate<AnswerPart> listener) {
    if (!question.tools.isEmpty() && !model.chatTemplate().mentions("tools")) {
      throw new IllegalArgumentException(
          "this model's chat template shows it no tools; leave them out, or take a model that was"
              + " made for them");
    }
    int[] prompt = model.prompts().chat(question.variables());
    OfferedTools tools = OfferedTools.of(question.tools);
    boolean thinking = reading.thinksAfter(prompt, model.tokenizer());
    var request = new Request(prompt, question.sampling);
    TokenConstraint constraint =
        constraints.of(
            rule(question, tools, thinking),
            question.schema == null ? null : meeting(question.schema));
    try (Generation generation =
        engine.submit(constraint == null ? request : request.withConstraint(constraint))) {
      return read(generation, reading.parser(tools, thinking), question.parallel, listener);
    }
  }

  private static AnswerRule rule(Question question, OfferedTools tools, boolean thinking) {
    boolean strict = !question.mustCall && OfferedTools.strict(question.tools);
    return new AnswerRule(
        question.mustCall ? tools : OfferedTools.NONE,
        strict ? tools : OfferedTools.NONE,
        thinking,
        question.mostThoughts);
  }

  /// A constraint knows more with every answer: the last ones are kept.
  private TokenConstraint meeting(String schema) {
    synchronized (schemas) {
      TokenConstraint known = schemas.get(schema);
      if (known != null) {
        return known;
      }
    }
    TokenConstraint made =
        model.constrain(
            schema.equals(Question.ANY_OBJECT)
                ? Grammar.jsonObject()
                : Grammar.jsonSchema(schema)); // long ones hold up nobody else
    synchronized (schemas) {
      schemas.put(schema, made);
      return made;
    }
  }

  private Reply read(
      Generation generation,
      AnswerParser parser,
      boolean parallel,
      Predicate<AnswerPart> listener) {
    var parts = new ArrayList<AnswerPart>();
    boolean enough = false;
    int tokens = 0;
    while (true) {
      switch (generation.next()) {
        case Event.PromptToken _ -> {}
        case Event.Token token -> {
          if (enough) {
            continue;
          }
          tokens++;
          for (AnswerPart part : reading.add(parser, token.id(), token.text())) {
            if (!enough) {
              parts.add(part);
              enough = !listener.test(part) || !parallel && part instanceof AnswerPart.CallEnded;
            }
          }
          if (enough) {
            generation.cancel();
          }
        }
        case Event.Done done -> {
          if (!enough) {
            for (AnswerPart part : parser.end(done.reason() != FinishReason.STOP)) {
              parts.add(part);
              var _ = listener.test(part); // the answer has ended already
            }
          }
          FinishReason reason = enough ? FinishReason.STOP : done.reason();
          return new Reply(Answer.of(parts), reason, done.promptTokens(), tokens);
        }
      }
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
