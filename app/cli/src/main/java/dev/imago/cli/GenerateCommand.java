// Past 400 lines: one command: its options, each checked, and what it prints.
package dev.imago.cli;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.CacheBudget;
import dev.imago.generate.Drafting;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.LogProbabilities;
import dev.imago.generate.LoraAdapter;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Prompts;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.Timing;
import dev.imago.generate.Told;
import dev.imago.templates.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Goes on with a text, on standard output as it comes.
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Go on with a text, or with --chat answer it.",
      "The answer alone goes to standard output, as it comes; what it took goes to standard error."
    },
    footer = {
      "",
      "Examples:  imago generate model.gguf 'Once upon a time' --max-tokens 100",
      "           echo 'String.isEmpty() : boolean' | imago generate weights/3f2a --chat",
      "           imago generate model.gguf --chat",
      "           imago generate model.gguf 'Dear' -n 3 --seed 7 --json",
      "           imago generate model.gguf --chat 'A cat, as JSON.' --schema cat.schema.json",
      "           imago generate base.gguf --adapter sql-lora/ 'SELECT'",
      "           imago generate model.gguf --chat 'Rain in Rome?' --tools tools.json"
    })
final class GenerateCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(index = "0", paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
  private String model = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "The text (default: standard input, without its last line's end).")
  private @Nullable String prompt;

  @Option(
      names = "--chat",
      description =
          "The text is a user's turn, in the model's template; without a text a conversation, line"
              + " by line, in which /help tells more.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: the system message before it.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The longest answer (default: ${DEFAULT-VALUE}).")
  private int maxTokens = 256;

  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same gives the same answer (default: by chance).")
  private @Nullable Long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A text that ends the answer, and is no part of it. Repeatable.")
  private List<String> stop = List.of();

  @Option(
      names = "-n",
      paramLabel = "N",
      description = "Answers, each with a seed of its own, computed together (default: 1).")
  private int answers = 1;

  @Option(
      names = "--logprobs",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "0",
      description =
          "Tell how likely each token was, and the N likeliest, up to 20: in --json, or a line a"
              + " token on standard error.")
  private int logprobs = -1;

  @Option(names = "--json", description = "Print an object an answer, once it is whole.")
  private boolean json;

  @Mixin private AdapterOption adapter = new AdapterOption();

  @Mixin private DraftOptions draft = new DraftOptions();

  @Mixin private ConstraintOptions constraints = new ConstraintOptions();

  @Mixin private ToolOptions tools = new ToolOptions();

  @Mixin private CacheOptions cache = new CacheOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() {
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("-n", answers, 1, 128);
    if (logprobs != -1) {
      Bounds.whole("--logprobs", logprobs, 0, LogProbabilities.MOST);
    }
    Bounds.whole("--max-tokens", maxTokens, 1, Integer.MAX_VALUE);
    sampling.check();
    if (system != null && !chat) {
      throw new ConfigException("--system is of a conversation; give --chat too");
    }
    long first = seed == null ? new SplittableRandom().nextLong(1L << 48) : seed;
    ChatSettings settings = sampling.settings(maxTokens, stop);
    var samplings = new ArrayList<Sampling>();
    for (int i = 0; i < answers; i++) {
      samplings.add(settings.sampling(first + i));
    }
    ToolOptions.Offer offer = offer();
    Optional<Grammar> grammar = constraints.grammar();
    Path path = ModelArgument.find(model, imago);
    boolean talks = chat && prompt == null && !json && answers == 1;
    if (talks && tools.file != null) {
      throw new ConfigException(
          "--tools are of one question: nobody runs them in a conversation; give the PROMPT");
    }
    String text = talks ? "" : prompt == null ? input() : prompt;
    Drafting drafting = draft.drafting();
    try (LanguageModel opened = ModelArgument.open(path, threads);
        var guesser = new Guesser(opened)) {
      LoraAdapter added = adapter.open(opened, imago);
      if (talks) {
        talk(opened, added, guesser.model, settings, first, grammar);
        return 0;
      }
      ToolAnswers calling =
          offer.tools().isEmpty()
              ? null
              : new ToolAnswers(
                  opened,
                  added == null ? opened.chatTemplate() : added.chatTemplate(),
                  added == null ? opened.stopIds() : added.stopIds(),
                  offer);
      int[] ids = ids(added == null ? opened.prompts() : added.prompts(), text, calling);
      try (Engine engine = engine(opened, ids, guesser.model)) {
        var running = new ArrayList<Generation>();
        TokenConstraint constraint =
            calling == null ? constraint(opened, grammar) : calling.constraint(ids);
        for (Sampling sampling : samplings) {
          Request request =
              new Request(ids, sampling, !chat)
                  .withTold(Told.ofAnswer(logprobs))
                  .withAdapter(added);
          running.add(
              engine.submit(
                  (constraint == null ? request : request.withConstraint(constraint))
                      .withDrafting(drafting)));
        }
        for (int i = 0; i < answers; i++) {
          ToolAnswers.Reader reader = calling == null ? null : calling.new Reader(ids);
          var _ = read(opened, running.get(i), i, first + i, reader); // its text was printed
          if (System.out.checkError()) { // nobody reads ours
            running.forEach(Generation::cancel);
            break;
          }
        }
      } catch (NotFiniteException e) {
        throw new InputException("%s: %s".formatted(path, e.getMessage()), e);
      } catch (ConstraintException e) { // of a place that was met on the way
        throw new InputException(String.valueOf(e.getMessage()), e);
      }
    }
    return 0;
  }

  /// A conversation, on a terminal or from a pipe.
  private void talk(
      LanguageModel opened,
      @Nullable LoraAdapter added,
      Optional<LanguageModel> guesser,
      ChatSettings settings,
      long first,
      Optional<Grammar> grammar) {
    TokenConstraint constraint = constraint(opened, grammar);
    java.io.Console own = System.console();
    boolean terminal = own != null && own.isTerminal();
    Optional<ChatTerminal> edited = terminal ? ChatTerminal.open() : Optional.empty();
    try (Engine engine = engine(opened, new int[] {0}, guesser)) {
      ChatSession.Answerer answerer =
          (conversation, now, turn) -> {
            int[] ids = ids(added == null ? opened.prompts() : added.prompts(), conversation, null);
            Request request =
                new Request(ids, now.sampling(first + turn))
                    .withTold(Told.ofAnswer(logprobs))
                    .withAdapter(added)
                    .withDrafting(draft.drafting());
            try (Generation answer =
                engine.submit(constraint == null ? request : request.withConstraint(constraint))) {
              edited.ifPresent(t -> t.onInterrupt(answer::cancel));
              return read(opened, answer, 0, first + turn, null);
            } catch (ConstraintException e) {
              throw new InputException(String.valueOf(e.getMessage()), e);
            } catch (IllegalArgumentException e) {
              throw new InputException(e.getMessage() + ", or say /reset", e);
            } catch (NotFiniteException e) {
              throw new InputException(String.valueOf(e.getMessage()), e);
            }
          };
      var session =
          new ChatSession(
              answerer, settings, system == null ? "" : system, Console.of(imago), terminal);
      Iterator<String> plain = new TextInput(List.of(), false).iterator();
      session.run(edited.isPresent() ? edited.get() : terminal ? prompted(plain) : plain);
    } finally {
      edited.ifPresent(ChatTerminal::close);
    }
  }

  /// Lines of a terminal that places no cursor.
  private static Iterator<String> prompted(Iterator<String> lines) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        System.err.print("> ");
        System.err.flush();
        return lines.hasNext();
      }

      @Override
      public String next() {
        return lines.next();
      }
    };
  }

  private static @Nullable TokenConstraint constraint(
      LanguageModel opened, Optional<Grammar> grammar) {
    try {
      return grammar.map(opened::constrain).orElse(null);
    } catch (ConstraintException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /// The draft model, if there is one.
  private final class Guesser implements AutoCloseable {
    final Optional<LanguageModel> model;

    Guesser(LanguageModel large) {
      this.model = DraftOptions.open(draft.draft == null ? "" : draft.draft, large, imago, threads);
    }

    @Override
    public void close() {
      model.ifPresent(LanguageModel::close);
    }
  }

  private static String input() {
    String text = new TextInput(List.of(), true).iterator().next();
    return text.endsWith("\r\n")
        ? text.substring(0, text.length() - 2)
        : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /// What `--tools` offers, where the other options go with it.
  private ToolOptions.Offer offer() {
    if (tools.file != null && !chat) {
      throw new ConfigException("--tools are of a conversation; give --chat too");
    }
    if (tools.file != null && constraints.given()) {
      throw new ConfigException(
          "an answer held to --schema, --grammar, --regex or --choice calls no tools; leave --tools"
              + " out, or those");
    }
    return tools.offer();
  }

  private int[] ids(Prompts prompts, String text, @Nullable ToolAnswers calling) {
    if (!chat) {
      return prompts.text(text, true);
    }
    var turns = new ArrayList<ChatMessage>();
    if (system != null) {
      turns.add(new ChatMessage("system", system));
    }
    turns.add(new ChatMessage("user", text));
    return ids(prompts, turns, calling);
  }

  private static int[] ids(
      Prompts prompts, List<ChatMessage> turns, @Nullable ToolAnswers calling) {
    try {
      return calling == null
          ? prompts.chat(turns)
          : calling.prompt(
              prompts,
              turns.stream()
                  .map(t -> Map.<String, Object>of("role", t.role(), "content", t.content()))
                  .toList());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "the model's chat template refuses this: %s; leave --chat out".formatted(e.getMessage()),
          e);
    }
  }

  private Engine engine(LanguageModel opened, int[] ids, Optional<LanguageModel> guesser) {
    int longest = opened.config().context();
    Integer context = cache.context;
    if (context != null && (context < 2 || context > longest)) {
      throw new ConfigException(
          "--context %d is outside 2 … %d, the longest that the model reads"
              .formatted(context, longest));
    }
    CacheBudget budget = cache.budget().withPrefixes(); // a prompt of several answers is read once
    try {
      int fits = opened.longestContext(budget, guesser);
      int tokens = context == null ? fits : context;
      if (ids.length >= tokens && tokens <= fits) {
        throw new InputException(
            "the prompt has %,d tokens, and %,d of prompt and answer fit together; shorten it%s"
                .formatted(
                    ids.length,
                    tokens,
                    tokens == longest
                        ? ""
                        : tokens < fits
                            ? ", or give a longer --context"
                            : ", or give more --kv-memory or a smaller --kv-cache"));
      }
      return new Engine(opened, answers, tokens, answers, budget, guesser);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Reads one answer to its end, or until nobody reads ours; gives its text.
  ///
  /// @param reader takes calls of tools out of it; null where there are none
  private String read(
      LanguageModel opened,
      Generation generation,
      int index,
      long answerSeed,
      ToolAnswers.@Nullable Reader reader) {
    var text = new StringBuilder();
    var likely = new ArrayList<Map<String, Object>>();
    while (generation.hasNext()) {
      switch (generation.next()) {
        case Event.PromptToken _ -> {} // asked for by nobody here
        case Event.Token token -> {
          String shown = reader == null ? token.text() : reader.add(token.id(), token.text());
          text.append(token.text());
          if (token.probabilities() != null) {
            likely.add(LikelyTokens.object(opened, token.id(), token.probabilities()));
          }
          if (!json) {
            System.out.print(shown);
            System.out.flush();
          }
        }
        case Event.Done done -> {
          String rest = reader == null ? "" : reader.end(done.reason() != FinishReason.STOP);
          if (json) {
            System.out.println(object(index, answerSeed, text.toString(), done, likely, reader));
          } else {
            System.out.print(rest);
            if (reader == null || reader.calls().isEmpty()) { // each call has its line
              System.out.println();
            }
            likely.forEach(this::tell);
            tell(done);
          }
        }
      }
      if (System.out.checkError()) {
        generation.cancel();
        break;
      }
    }
    return text.toString();
  }

  private void tell(Map<String, Object> likely) {
    Console.of(imago).note(JsonMapper.shared().writeValueAsString(likely));
  }

  private static String object(
      int index,
      long seed,
      String text,
      Event.Done done,
      List<Map<String, Object>> likely,
      ToolAnswers.@Nullable Reader reader) {
    var object = new LinkedHashMap<String, Object>();
    object.put("index", index);
    object.put("text", reader == null ? text : reader.answer().text());
    boolean calls = reader != null && !reader.calls().isEmpty();
    if (reader != null && calls) {
      object.put("tool_calls", reader.calls());
    }
    object.put(
        "finish_reason",
        calls && done.reason() == FinishReason.STOP
            ? "tool_calls"
            : done.reason().name().toLowerCase(Locale.ROOT));
    object.put("prompt_tokens", done.promptTokens());
    object.put("completion_tokens", done.completionTokens());
    object.put("seed", seed);
    if (!likely.isEmpty()) {
      object.put("logprobs", likely);
    }
    Timing timing = done.timing();
    object.put(
        "timings",
        Map.of(
            "prompt_ms", timing.prefillNanos() / 1e6, "predicted_ms", timing.decodeNanos() / 1e6));
    return JsonMapper.shared().writeValueAsString(object);
  }

  private void tell(Event.Done done) {
    Timing timing = done.timing();
    double rate =
        done.completionTokens() < 2 || timing.decodeNanos() == 0
            ? 0
            : (done.completionTokens() - 1) * 1e9 / Math.max(1, timing.decodeNanos());
    Console.of(imago)
        .note(
            String.format(
                Locale.ROOT,
                "%d tokens read in %.2f s, %d written (%s)%s%s",
                done.promptTokens(),
                timing.prefillNanos() / 1e9,
                done.completionTokens(),
                done.reason().name().toLowerCase(Locale.ROOT),
                rate == 0 ? "" : String.format(Locale.ROOT, ", %.1f a second", rate),
                done.spared().draftedTokens() == 0
                    ? ""
                    : ", %d of %d guesses right"
                        .formatted(done.spared().acceptedTokens(), done.spared().draftedTokens())));
  }
}
