package dev.imago.serve.models;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.core.ConfigException;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.dialogue.FormConstraints;
import dev.imago.generate.CacheBudget;
import dev.imago.generate.Drafting;
import dev.imago.generate.EnergyTally;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.LoraAdapter;
import dev.imago.generate.Prompts;
import dev.imago.generate.Request;
import dev.imago.model.ModelCard;
import dev.imago.templates.ChatTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine of [dev.imago.generate] over one model, as it is or with an adapter.
public final class EngineBackend implements Backend {
  /// Constraints kept; each takes up to about 100 MB when it is much used.
  private static final int MOST_CONSTRAINTS = 16;

  /// Lists of texts whose tokens are remembered.
  private static final int MOST_REMEMBERED = 64;

  private final LanguageModel model;
  private final @Nullable LoraAdapter adapter;
  private final ChatTemplate template;
  private final Prompts prompts;
  private final AnswerReading reading;
  private final FormConstraints forms;
  private final Engine engine;
  private final int context;
  private final Drafting drafting;
  private final Map<Set<String>, Set<Integer>> holding = new ConcurrentHashMap<>();
  private String @Nullable [] texts;

  /// The constraints that were used last.
  private final Map<String, TokenConstraint> constraints =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenConstraint> eldest) {
          return size() > MOST_CONSTRAINTS;
        }
      };

  private EngineBackend(
      LanguageModel model,
      Engine engine,
      int context,
      Drafting drafting,
      @Nullable LoraAdapter adapter) {
    this.drafting = drafting;
    this.model = model;
    this.adapter = adapter;
    this.prompts = adapter == null ? model.prompts() : adapter.prompts();
    this.template = adapter == null ? model.chatTemplate() : adapter.chatTemplate();
    this.reading = AnswerReading.of(template, model.tokenizer());
    this.forms =
        new FormConstraints(
            reading.form(),
            model.tokenizer(),
            model::constrain,
            adapter == null ? model.stopIds() : adapter.stopIds());
    this.engine = engine;
    this.context = context;
  }

  /// One that guesses nothing.
  public static EngineBackend of(
      LanguageModel model, int maxSequences, int maxContext, int maxWaiting, CacheBudget cache) {
    return of(model, maxSequences, maxContext, maxWaiting, cache, Optional.empty(), Drafting.NONE);
  }

  /// @param maxSequences answers at once
  /// @param maxContext the longest prompt and answer together; 0 for the model's own, or the
  ///   longest that fits
  /// @param maxWaiting further answers that wait for their turn
  /// @param cache what the keys and values of all running answers may take
  /// @param draft a smaller model that guesses
  /// @param drafting how answers are guessed
  /// @throws ConfigException for a context that does not fit, or that the model does not read, with
  ///   the longest that does
  public static EngineBackend of(
      LanguageModel model,
      int maxSequences,
      int maxContext,
      int maxWaiting,
      CacheBudget cache,
      Optional<LanguageModel> draft,
      Drafting drafting) {
    int longest = model.config().context();
    if (maxContext > longest) {
      throw new ConfigException(
          "context = %d is longer than the %d tokens that the model reads; give at most those, or 0 for what fits"
              .formatted(maxContext, longest));
    }
    try {
      int fits = model.longestContext(cache, draft);
      if (fits < 2) {
        throw new ConfigException(
            "there is no room for any keys and values: a context of 2 tokens takes %,d bytes in %s, and they may take %,d"
                .formatted(model.cacheBytes(cache.type(), 2), cache.type(), cache.bytes()));
      }
      int context = maxContext == 0 ? fits : maxContext;
      var engine = new Engine(model, maxSequences, context, maxWaiting, cache, draft);
      return new EngineBackend(model, engine, context, drafting, null);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public ModelCard card() {
    return model.card();
  }

  @Override
  public Instant written() {
    return model.written();
  }

  @Override
  public int vocabularySize() {
    return Math.min(model.config().vocabularySize(), prompts.vocabularySize());
  }

  @Override
  public int[] encodeText(String text, boolean withBeginning) {
    return prompts.text(text, withBeginning);
  }

  @Override
  public String decode(int[] ids) {
    return prompts.decode(ids);
  }

  @Override
  public int[] encodeChat(Map<String, Object> variables) {
    if (variables.containsKey("tools") && !template.mentions("tools")) {
      throw new UnsupportedConversationException(
          "tools",
          "this model's chat template shows it no tools; leave tools out, or serve a model that was"
              + " made for them");
    }
    if (hasCalls(variables) && !template.mentions("tool_calls")) {
      throw new UnsupportedConversationException(
          "messages",
          "this model's chat template shows it no tool_calls; leave them out of messages, or serve"
              + " a model that was made for them");
    }
    return prompts.chat(variables);
  }

  /// Whether an earlier answer called tools.
  private static boolean hasCalls(Map<String, Object> variables) {
    return variables.get("messages") instanceof List<?> messages
        && messages.stream().anyMatch(m -> m instanceof Map<?, ?> o && o.containsKey("tool_calls"));
  }

  @Override
  public AnswerReading reading() {
    return reading;
  }

  @Override
  public boolean thinks() {
    return forms.thinks();
  }

  @Override
  public boolean templateMentions(String name) {
    return template.mentions(name);
  }

  @Override
  public @Nullable TokenConstraint constrain(AnswerRule rule, @Nullable TokenConstraint otherwise) {
    return forms.of(rule, otherwise);
  }

  @Override
  public boolean thinksAfter(int[] prompt) {
    return reading.thinksAfter(prompt, model.tokenizer());
  }

  @Override
  public byte[] token(int id) {
    return prompts.token(id);
  }

  @Override
  public Set<Integer> holding(List<String> texts) {
    Set<Integer> known = holding.get(Set.copyOf(texts));
    if (known != null) {
      return known;
    }
    var found = new HashSet<Integer>();
    for (int id = 0; id < vocabularySize(); id++) {
      String text = text(id);
      if (texts.stream().anyMatch(text::contains)) {
        found.add(id);
      }
    }
    if (holding.size() < MOST_REMEMBERED) {
      holding.put(Set.copyOf(texts), Set.copyOf(found));
    }
    return found;
  }

  /// Of each token once: to work out what a piece stands for takes some vocabularies a while.
  private synchronized String text(int id) {
    String[] known = texts;
    if (known == null) {
      known = new String[vocabularySize()];
      for (int i = 0; i < known.length; i++) {
        known[i] = new String(prompts.token(i), StandardCharsets.UTF_8);
      }
      texts = known;
    }
    return known[id];
  }

  @Override
  public TokenConstraint constrain(String key, Supplier<Grammar> grammar) {
    synchronized (constraints) {
      TokenConstraint known = constraints.get(key);
      if (known != null) {
        return known;
      }
    }
    TokenConstraint made = model.constrain(grammar.get()); // long ones hold up nobody else
    synchronized (constraints) {
      constraints.putIfAbsent(key, made);
      return constraints.getOrDefault(key, made);
    }
  }

  @Override
  public AnswerWriter generate(Request request) {
    Generation generation = engine.submit(request.withDrafting(drafting).withAdapter(adapter));
    return new AnswerWriter() {
      @Override
      public boolean hasNext() {
        return generation.hasNext();
      }

      @Override
      public Event next() {
        return generation.next();
      }

      @Override
      public void cancel() {
        generation.cancel();
      }
    };
  }

  @Override
  public Backend adapted(Path folder) throws IOException {
    return new EngineBackend(model, engine, context, drafting, LoraAdapter.open(folder, model));
  }

  @Override
  public CompletableFuture<Void> idle() {
    return engine.idle();
  }

  @Override
  public int running() {
    return engine.stats().running();
  }

  @Override
  public int waiting() {
    return engine.stats().waiting();
  }

  @Override
  public void close() {
    if (adapter == null) { // the engine is the model's
      engine.close();
    }
  }

  @Override
  public void share(EnergyTally shares) {
    engine.share(shares);
  }
}
