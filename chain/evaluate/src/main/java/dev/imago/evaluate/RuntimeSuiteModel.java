package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.generate.ContinuationScorer;
import dev.imago.generate.Ending;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Penalties;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;

/// A decoder or an encoder-decoder on the runtime that serves it.
final class RuntimeSuiteModel implements SuiteModel {
  private final String name;
  private final String identity;
  private final double atWork;
  private final LanguageModel model;
  private final Penalties penalties;
  private final AskTokens tokens;
  private final ContinuationScorer scorer;
  private final Engine engine;
  private final Set<String> notes = new LinkedHashSet<>();

  /// @param atWork the share of the processors that compute
  /// @param prefix the id that begins a text
  /// @param repetitionPenalty of answers; 1 for none
  /// @throws IllegalArgumentException for a penalty that is none
  RuntimeSuiteModel(
      String name,
      String identity,
      double atWork,
      LanguageModel model,
      int prefix,
      float repetitionPenalty) {
    this.penalties = new Penalties(repetitionPenalty, 0, 0, Map.of());
    this.name = name;
    this.identity = identity;
    this.atWork = atWork;
    this.model = model;
    this.tokens = new AskTokens(model.tokenizer(), prefix);
    this.scorer = new ContinuationScorer(model);
    // A source and its answer do not share the context: each may be as long.
    int context = model.config().context();
    this.engine = Engine.unpaced(model, TOGETHER, scorer.readsSource() ? 2 * context : context + 1);
  }

  /// Answers that are generated together: weights are read once for all of them.
  private static final int TOGETHER = 32;

  @Override
  public String name() {
    return name;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public ConversationForm conversation() {
    return new TemplateConversation(model.chatTemplate());
  }

  @Override
  public void replies(List<ModelRequest> requests, Told told) throws InterruptedException {
    var generations = new ArrayList<Integer>();
    var pairs = new LinkedHashMap<List<Integer>, List<Scored>>();
    for (int i = 0; i < requests.size(); i++) {
      switch (requests.get(i)) {
        case ModelRequest.Continuation c -> {
          AskTokens.Pair pair =
              cut(tokens.pair(c.context(), c.continuation(), scorer.readsSource()));
          pairs
              .computeIfAbsent(
                  Arrays.stream(pair.context()).boxed().toList(), _ -> new ArrayList<>())
              .add(new Scored(i, pair));
        }
        case ModelRequest.Rolling(String text) -> told.of(i, rolling(text));
        case ModelRequest.Generation _ -> generations.add(i);
      }
    }
    for (List<Scored> same : pairs.values()) {
      List<ContinuationScorer.Score> scores =
          scorer.scores(
              same.getFirst().pair.context(),
              same.stream().map(s -> s.pair.continuation()).toList());
      for (int i = 0; i < scores.size(); i++) {
        told.of(
            same.get(i).place,
            new ModelReply.Likelihood(
                scores.get(i).logProbability(),
                scores.get(i).greedy(),
                same.get(i).pair.continuation().length));
      }
    }
    generate(requests, generations, told);
  }

  private void generate(List<ModelRequest> requests, List<Integer> places, Told told)
      throws InterruptedException {
    var pending = new ArrayDeque<Generation>();
    int submitted = 0;
    for (int place : places) {
      // Twice as many as run at a time, so that none waits for the oldest to be read.
      while (submitted < places.size() && pending.size() < 2 * TOGETHER) {
        pending.add(
            engine.submit(
                request((ModelRequest.Generation) requests.get(places.get(submitted++)))));
      }
      told.of(
          place, text(pending.remove(), ((ModelRequest.Generation) requests.get(place)).until()));
    }
  }

  private record Scored(int place, AskTokens.Pair pair) {}

  /// From the left, to what the model sees at once.
  private AskTokens.Pair cut(AskTokens.Pair pair) {
    int continuation = pair.continuation().length;
    if (continuation == 0) {
      throw new InputException(
          "a choice is no token of its own after its context, so that it cannot be scored; give"
              + " choices that are not empty");
    }
    int room = scorer.longest() - (scorer.readsSource() ? 0 : continuation);
    if (continuation > scorer.longest() - 1 || room < 1) {
      throw new InputException(
          "a continuation of %,d tokens does not fit the model's context of %,d; shorten the choices, or evaluate another model"
              .formatted(continuation, model.config().context()));
    }
    if (pair.context().length <= room) {
      return pair;
    }
    notes.add(
        "a context is longer than the model's %,d tokens: it was cut from the left"
            .formatted(model.config().context()));
    int[] context = pair.context();
    return new AskTokens.Pair(
        Arrays.copyOfRange(context, context.length - room, context.length), pair.continuation());
  }

  /// In windows, each token seen once, the first after the token that begins a text.
  private ModelReply rolling(String text) {
    if (scorer.readsSource()) {
      throw new InputException(
          "a %s answers a source, and tells no probability of a text alone: evaluate loglikelihood_rolling on a decoder"
              .formatted(model.config().architecture()));
    }
    int[] ids = tokens.plain(text);
    int context = model.config().context();
    double sum = 0;
    int done = 0;
    while (done < ids.length) {
      int first = done == 0 ? Math.min(context, ids.length) : Math.min(context, ids.length - done);
      int end = done + first;
      // The last window reaches back as far as the model sees.
      int from = done == 0 ? 0 : Math.max(0, end - context - 1);
      int[] before = done == 0 ? new int[] {tokens.prefix()} : Arrays.copyOfRange(ids, from, done);
      sum +=
          scorer
              .scores(before, List.of(Arrays.copyOfRange(ids, done, end)))
              .getFirst()
              .logProbability();
      done = end;
    }
    return new ModelReply.Total(sum, ids.length);
  }

  private Request request(ModelRequest.Generation ask) {
    if (penalties.repetition() != 1) {
      notes.add(
          scorer.readsSource()
              ? "repetition_penalty = %s is not applied to a model that reads a source"
                  .formatted(penalties.repetition())
              : "answers are under repetition_penalty = %s (generation_config.json's, as transformers' are, or --repetition-penalty)"
                  .formatted(penalties.repetition()));
    }
    int context = model.config().context();
    int room = scorer.readsSource() ? context : context - ask.maxTokens();
    if (room < 1 || ask.maxTokens() > context) {
      throw new InputException(
          "max_gen_toks = %d is not below the model's context of %d; give --max-tokens"
              .formatted(ask.maxTokens(), context));
    }
    int[] ids = ask.context().isEmpty() ? new int[] {tokens.prefix()} : tokens.whole(ask.context());
    if (ids.length > room) {
      notes.add(
          "a prompt leaves no room for %,d tokens of answer in the model's %,d: it was cut from the left"
              .formatted(ask.maxTokens(), context));
      ids = Arrays.copyOfRange(ids, ids.length - room, ids.length);
    }
    return new Request(
        ids,
        new Sampling(
            (float) ask.temperature(),
            new SamplingTruncation(ask.topK(), (float) ask.topP(), 0, 1),
            scorer.readsSource() ? Penalties.NONE : penalties,
            ask.repeat() + 1L,
            Ending.after(ask.maxTokens()).withStop(ask.until())),
        false);
  }

  /// The text of all tokens together, as transformers decodes it: one that breaks off within a
  /// character ends in U+FFFD there.
  private ModelReply text(Generation generation, List<String> until) throws InterruptedException {
    var ids = new ArrayList<Integer>();
    try {
      while (generation.hasNext()) {
        if (generation.next() instanceof Event.Token token) {
          ids.add(token.id());
        }
      }
    } catch (CancellationException e) {
      Thread.interrupted(); // What the exception stands for is told by the one below instead.
      throw new InterruptedException();
    }
    String answer = model.tokenizer().decode(ids.stream().mapToInt(id -> id).toArray(), true);
    for (String stop : until) {
      int at = answer.indexOf(stop);
      answer = at < 0 ? answer : answer.substring(0, at);
    }
    return new ModelReply.Text(answer, ids.size());
  }

  @Override
  public double atWork() {
    return atWork;
  }

  @Override
  public Set<String> notes() {
    return notes;
  }

  @Override
  public void close() {
    engine.close();
    scorer.close();
    model.close();
  }
}
