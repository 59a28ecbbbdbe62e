package dev.imago.serve.completions;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.TokenConstraint;
import dev.imago.generate.Dry;
import dev.imago.generate.Ending;
import dev.imago.generate.LogProbabilities;
import dev.imago.generate.Origin;
import dev.imago.generate.Penalties;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import dev.imago.generate.Told;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.models.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A checked request for answers.
///
/// @param choices the answers that are asked for: `n` to each prompt
/// @param stream whether the answers are sent as they come
/// @param includeUsage whether a stream ends with token counts
/// @param told which probabilities the answers come with
/// @param echo whether each answer comes with its prompt before it
/// @param origin whose it is
/// @param constraint what each answer must be; null where it may be anything
public record GenerationRequest(
    CompletionKind kind,
    ServedModel model,
    List<Choice> choices,
    boolean stream,
    boolean includeUsage,
    Told told,
    boolean echo,
    Origin origin,
    @Nullable TokenConstraint constraint) {
  /// OpenAI's bounds.
  private static final int MOST_STOPS = 4;

  private static final int MOST_CHOICES = 128;

  private static final int MOST_BIASES = 1024;
  private static final int MOST_STOP_IDS = 128;
  private static final int MOST_BREAKERS = 64;

  /// llama.cpp's.
  private static final List<String> BREAKERS = List.of("\n", ":", "\"", "*");

  /// One answer that is asked for.
  public record Choice(Prompt prompt, Sampling sampling) {}

  public GenerationRequest {
    choices = List.copyOf(choices);
  }

  /// Of all prompts, each once, however many answers it gets.
  long promptTokens() {
    return choices.stream().map(Choice::prompt).distinct().mapToLong(p -> p.ids().length).sum();
  }

  /// What the engine is asked for one of the answers.
  ///
  /// @param measured whether its tokens' probabilities are told, also where the client asks for
  ///   none
  Request of(Choice choice, boolean measured) {
    Told asked = measured && told.likeliest() < 0 ? Told.ofAnswer(0) : told;
    var request =
        new Request(
            choice.prompt.ids(), choice.sampling, kind == CompletionKind.TEXT, asked, origin);
    return constraint == null ? request : request.withConstraint(constraint);
  }

  /// Reads a request of a client.
  ///
  /// @param seeds of requests that bring none
  /// @throws ApiException for what cannot be done
  static GenerationRequest read(
      CompletionKind kind, JsonFields fields, ServedModel model, RandomGenerator seeds) {
    RequestFields.check(kind, fields);
    List<Prompt> prompts = Prompt.read(kind, fields, model.backend());
    int n = Math.toIntExact(fields.integer("n", 1, MOST_CHOICES).orElse(1L));
    if (prompts.size() * n > MOST_CHOICES) {
      throw ApiException.invalid(
          "n",
          "n = %d answers to each of %d prompts are %d, and at most %d may be asked for at once"
              .formatted(n, prompts.size(), prompts.size() * n, MOST_CHOICES));
    }
    checkBestOf(fields, n);
    long seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseGet(seeds::nextLong);
    var choices = new ArrayList<Choice>();
    for (Prompt prompt : prompts) {
      for (int i = 0; i < n; i++) {
        choices.add(
            new Choice(prompt, sampling(kind, fields, prompt, model, seed + choices.size())));
      }
    }
    Optional<JsonFields> streaming = fields.object("stream_options");
    streaming.ifPresent(o -> o.refuseOthers(Set.of("include_usage", "include_obfuscation")));
    return new GenerationRequest(
        kind,
        model,
        choices,
        fields.bool("stream"),
        streaming.map(o -> o.bool("include_usage")).orElse(false),
        told(kind, fields),
        echo(kind, fields),
        origin(fields),
        held(
            prompts.getFirst(),
            choices.getFirst(),
            model,
            ConstraintFields.read(fields, model.backend()).orElse(null)));
  }

  /// What the answers are held to: what the request says of them, and their own form.
  ///
  /// @param asked what the request says; null where it says nothing
  private static @Nullable TokenConstraint held(
      Prompt prompt, Choice choice, ServedModel model, @Nullable TokenConstraint asked) {
    Prompt.Reading reading = prompt.reading();
    if (reading == null) {
      return asked;
    }
    try {
      return model.backend().constrain(reading.rule(choice.sampling.ending().maxTokens()), asked);
    } catch (ConstraintException e) {
      throw ApiException.invalid(
          !(reading.choice() instanceof ToolChoice.Auto)
              ? "tool_choice"
              : reading.strict() && asked == null ? "tools" : "response_format",
          String.valueOf(e.getMessage()));
    }
  }

  /// The same, of one who asks.
  ///
  /// @param tenant a key's name, or an address
  /// @param apart whether nothing that was computed for another is used for this one
  GenerationRequest of(String tenant, boolean apart) {
    String scope = (apart ? tenant : "") + "\n" + origin.cacheScope();
    return new GenerationRequest(
        kind,
        model,
        choices,
        stream,
        includeUsage,
        told,
        echo,
        new Origin(tenant, origin.priority(), scope),
        constraint);
  }

  /// vLLM's fields: what has the lower number comes first, and requests of one salt alone share
  /// what was computed of their prompts.
  private static Origin origin(JsonFields fields) {
    long priority = fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0L);
    return new Origin("", Math.toIntExact(priority), fields.string("cache_salt").orElse(""));
  }

  private static boolean echo(CompletionKind kind, JsonFields fields) {
    return kind == CompletionKind.TEXT && fields.bool("echo");
  }

  /// A chat says whether, and of how many beside; a text of how many.
  private static Told told(CompletionKind kind, JsonFields fields) {
    if (kind == CompletionKind.TEXT) {
      boolean none = fields.get("logprobs") instanceof JsonNode given && given.isBoolean();
      int count =
          none && !fields.bool("logprobs")
              ? -1
              : Math.toIntExact(fields.integer("logprobs", 0, LogProbabilities.MOST).orElse(-1L));
      return new Told(count, count >= 0 && echo(kind, fields));
    }
    boolean wanted = fields.bool("logprobs");
    int top = Math.toIntExact(fields.integer("top_logprobs", 0, LogProbabilities.MOST).orElse(0L));
    if (top > 0 && !wanted) {
      throw ApiException.invalid(
          "top_logprobs",
          "top_logprobs = %d is told beside logprobs; set logprobs to true".formatted(top));
    }
    return wanted ? Told.ofAnswer(top) : Told.NOTHING;
  }

  /// The best of as many as are asked for is all of them.
  private static void checkBestOf(JsonFields fields, int n) {
    Optional<Long> bestOf = fields.integer("best_of", 0, MOST_CHOICES);
    if (bestOf.isPresent() && bestOf.get() != n) {
      throw ApiException.invalid(
          "best_of",
          "unsupported_parameter",
          "best_of = %d is not supported where n = %d: answers are not ranked here; leave it out, or set it to n"
              .formatted(bestOf.get(), n));
    }
  }

  private static Sampling sampling(
      CompletionKind kind, JsonFields fields, Prompt prompt, ServedModel model, long seed) {
    ServedModel.Defaults defaults = model.defaults();
    Optional<Float> typical = fields.number("typical_p", 0, 1);
    return new Sampling(
        fields.number("temperature", 0, 2).orElse(defaults.temperature()),
        new SamplingTruncation(
            topK(fields),
            // OpenAI takes 0, too: the likeliest token alone.
            Math.max(Float.MIN_NORMAL, fields.number("top_p", 0, 1).orElse(defaults.topP())),
            fields.number("min_p", 0, 1).orElse(0f),
            Math.max(Float.MIN_NORMAL, typical.orElse(1f))),
        new Penalties(
            repetitionPenalty(fields).orElse(defaults.repetitionPenalty()),
            fields.number("presence_penalty", -2, 2).orElse(0f),
            fields.number("frequency_penalty", -2, 2).orElse(0f),
            bias(fields, model),
            dry(fields, model)),
        seed,
        ending(kind, fields, prompt, model));
  }

  /// vLLM writes −1 for all of them, llama.cpp 0.
  private static int topK(JsonFields fields) {
    return Math.max(0, Math.toIntExact(fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0L)));
  }

  /// transformers and vLLM call it `repetition_penalty`, llama.cpp and Ollama `repeat_penalty`.
  private static Optional<Float> repetitionPenalty(JsonFields fields) {
    Optional<Float> one = fields.number("repetition_penalty", 0.01f, 10);
    Optional<Float> other = fields.number("repeat_penalty", 0.01f, 10);
    if (one.isPresent() && other.isPresent() && !one.equals(other)) {
      throw ApiException.invalid(
          "repeat_penalty",
          "repeat_penalty = %s is another name of repetition_penalty = %s; send one of them"
              .formatted(other.get(), one.get()));
    }
    return one.or(() -> other);
  }

  private static Map<Integer, Float> bias(JsonFields fields, ServedModel model) {
    return fields.numbersById(
        "logit_bias", MOST_BIASES, model.backend().vocabularySize() - 1, -100, 100);
  }

  /// llama.cpp's names and defaults; the breakers are texts that a token holds.
  private static Dry dry(JsonFields fields, ServedModel model) {
    Optional<Float> multiplier = fields.number("dry_multiplier", 0, 100);
    Optional<Float> base = fields.number("dry_base", 1, 100);
    Optional<Long> allowed = fields.integer("dry_allowed_length", 1, Integer.MAX_VALUE);
    Optional<Long> last = fields.integer("dry_penalty_last_n", -1, Integer.MAX_VALUE);
    List<String> breakers =
        fields.has("dry_sequence_breakers")
            ? fields.strings("dry_sequence_breakers", MOST_BREAKERS)
            : BREAKERS;
    if (multiplier.orElse(0f) == 0) {
      return Dry.NONE;
    }
    return new Dry(
        multiplier.orElse(0f),
        base.orElse(Dry.NONE.base()),
        Math.toIntExact(allowed.orElse((long) Dry.NONE.allowed())),
        Math.toIntExact(last.orElse(-1L)),
        breakers.isEmpty() ? Set.of() : model.backend().holding(breakers));
  }

  private static Ending ending(
      CompletionKind kind, JsonFields fields, Prompt prompt, ServedModel model) {
    int most = maxTokens(kind, fields, prompt, model);
    long least = fields.integer("min_tokens", 0, Integer.MAX_VALUE).orElse(0L);
    if (least > most) {
      throw ApiException.invalid(
          "min_tokens",
          "min_tokens = %d is more than the %d tokens that the answer may have: set it to at most that"
              .formatted(least, most));
    }
    return new Ending(
        most,
        (int) least,
        fields.bool("ignore_eos"),
        Set.copyOf(
            fields.integers(
                "stop_token_ids", MOST_STOP_IDS, 0, model.backend().vocabularySize() - 1)),
        fields.strings("stop", MOST_STOPS));
  }

  private static int maxTokens(
      CompletionKind kind, JsonFields fields, Prompt prompt, ServedModel model) {
    int least = echo(kind, fields) ? 0 : 1;
    Optional<Long> wanted = fields.integer("max_completion_tokens", least, Integer.MAX_VALUE);
    String wantedName = "max_completion_tokens";
    if (wanted.isEmpty()) {
      wanted = fields.integer("max_tokens", least, Integer.MAX_VALUE);
      wantedName = "max_tokens";
    }
    int context = model.backend().context();
    int promptTokens = prompt.ids().length;
    int room = context - promptTokens;
    boolean unanswered = wanted.isPresent() && wanted.get() == 0;
    if (unanswered && !told(kind, fields).prompt()) {
      throw ApiException.invalid(
          wantedName,
          "%s = 0 asks for the prompt alone, which is told its probabilities; send logprobs too"
              .formatted(wantedName));
    }
    if (room < (unanswered ? 0 : 1)) {
      throw ApiException.invalid(
          kind == CompletionKind.CHAT ? "messages" : "prompt",
          "context_length_exceeded",
          "the prompt is %d tokens long, and prompt and answer together may be %d: shorten it by at least %d tokens"
              .formatted(promptTokens, context, 1 - room));
    }
    if (wanted.isPresent() && wanted.get() > room) {
      throw ApiException.invalid(
          wantedName,
          "context_length_exceeded",
          "%s = %d and a prompt of %d tokens make %d, and prompt and answer together may be %d tokens: set %s to at most %d, or shorten the prompt"
              .formatted(
                  wantedName,
                  wanted.get(),
                  promptTokens,
                  wanted.get() + promptTokens,
                  context,
                  wantedName,
                  room));
    }
    return wanted.map(Math::toIntExact).orElse(Math.min(model.defaults().maxTokens(), room));
  }
}
