// Past 400 lines: one step over all answers: what is admitted, computed and told.
package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Continuous batching: one thread that, step after step, takes the next token of every running
/// request and a piece of the prompts of new ones through the model together. Yu et al. 2022, Orca.
///
/// What a request gives does not depend on what else runs, nor on what was kept of other prompts,
/// nor on what was guessed.
public final class Engine implements AutoCloseable {
  /// Rows of scores that are kept for the next step.
  private static final int MOST_SCORES = 64;

  private final LanguageModel model;
  private final int maxSequences;
  private final int maxContext;
  private final int maxWaiting;
  private final RequestBounds bounds;
  private final LongSupplier nanoTime;
  private final CacheBudget budget;
  private final CacheBlocks blocks;
  private final Thread thread;

  /// Guarded by itself: what waits, and the wish to end.
  private final WaitingRequests waiting = new WaitingRequests();

  private boolean closed;

  /// Whoever waits for nothing to be running or waiting.
  private @Nullable CompletableFuture<Void> idle;

  /// Of the engine's thread alone, as all below.
  private final List<ActiveSequence> running = new ArrayList<>();

  private final PrefixCache prefixes;
  private final long blockBytes;
  private final PromptPieces pieces;
  private final Guesses guesses;
  private long lastNanos;

  /// Of each row of a step, in arrays that the next one takes again.
  private float[][] scores = {};

  private final Candidates candidates = new Candidates();

  private volatile @Nullable EnergyTally energy;

  private volatile Stats counted = new Stats(0, 0, 0, 0, 0, Stats.Savings.NONE);

  /// @param maxSequences how many requests run at a time
  /// @param maxContext the longest prompt and answer together, in tokens
  public Engine(LanguageModel model, int maxSequences, int maxContext) {
    this(model, maxSequences, maxContext, 16 * maxSequences);
  }

  /// @param maxWaiting how many requests may wait beside those that run
  public Engine(LanguageModel model, int maxSequences, int maxContext, int maxWaiting) {
    this(model, maxSequences, maxContext, maxWaiting, CacheBudget.UNBOUNDED);
  }

  /// @param maxWaiting how many requests may wait beside those that run
  /// @param budget of keys and values: a request for which there is no room yet waits
  /// @throws IllegalArgumentException where one of the longest has no room at all, with the longest
  ///   that has
  public Engine(
      LanguageModel model, int maxSequences, int maxContext, int maxWaiting, CacheBudget budget) {
    this(model, maxSequences, maxContext, maxWaiting, budget, Optional.empty());
  }

  /// @param draft a smaller model of the same vocabulary, which guesses for requests that ask for
  ///   it ([Drafting.Source#MODEL]); it stays its opener's, to be closed after the engine
  /// @throws IllegalArgumentException where one of the longest has no room at all, with the longest
  ///   that has; for a draft model of another vocabulary
  public Engine(
      LanguageModel model,
      int maxSequences,
      int maxContext,
      int maxWaiting,
      CacheBudget budget,
      Optional<LanguageModel> draft) {
    this(model, maxSequences, maxContext, maxWaiting, budget, draft, true, System::nanoTime);
  }

  /// One for answers that are wanted all together, such as an evaluation's: prompts are read as
  /// fast as they can be, however long the answers that run wait for their next token, and what
  /// several begin with is read once. As many run at a time as 2 GiB hold, at least one.
  ///
  /// @param maxSequences how many requests run at a time at most; as many again may wait
  public static Engine unpaced(LanguageModel model, int maxSequences, int maxContext) {
    long bytes = Math.max(1L << 31, model.cacheBytes(CacheType.F32, maxContext));
    return new Engine(
        model,
        maxSequences,
        maxContext,
        maxSequences,
        new CacheBudget(CacheType.F32, bytes).withPrefixes(bytes / 8),
        Optional.empty(),
        false,
        System::nanoTime);
  }

  /// @param paced whether prompts leave room for the answers that run
  /// @param nanoTime the clock of [Timing]
  Engine(
      LanguageModel model,
      int maxSequences,
      int maxContext,
      int maxWaiting,
      CacheBudget budget,
      Optional<LanguageModel> draft,
      boolean paced,
      LongSupplier nanoTime) {
    if (maxSequences < 1 || maxSequences > PromptPieces.MOST || maxContext < 2 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "maxSequences = %d is not in 1 … %d, or maxContext = %d below 2, or maxWaiting = %d below 0"
              .formatted(maxSequences, PromptPieces.MOST, maxContext, maxWaiting));
    }
    budget.type().check(model.config().keyHeadWidth());
    this.budget = budget;
    this.blocks = new CacheBlocks(budget.type());
    this.model = model;
    if (draft.isPresent() && model.virtualTokens() > 0) {
      throw new IllegalArgumentException(
          "a draft model reads what the model reads, and %d virtual tokens stand before that; open it without one"
              .formatted(model.virtualTokens()));
    }
    this.guesses =
        new Guesses(draft.map(d -> new DraftModel(d, model, blocks)), model.config(), nanoTime);
    long most = model.cacheBytes(budget.type(), maxContext) + guesses.cacheBytes(maxContext);
    if (most > budget.bytes()) {
      throw new IllegalArgumentException(
          "a context of %,d tokens takes %,d bytes of keys and values in %s, and they may take %,d: the longest that fits is %,d"
              .formatted(
                  maxContext,
                  most,
                  budget.type(),
                  budget.bytes(),
                  model.longestContext(budget, draft)));
    }
    this.blockBytes = model.cacheBytes(budget.type(), CacheBlocks.TOKENS, 0);
    this.prefixes = new PrefixCache(blockBytes == 0 ? 0 : budget.prefixBytes(), blockBytes);
    this.bounds = new RequestBounds(model.config(), maxContext, draft.isPresent());
    this.pieces = new PromptPieces(paced);
    this.maxSequences = maxSequences;
    this.maxContext = maxContext;
    this.maxWaiting = maxWaiting;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().daemon().name("imago-engine").start(this::serve);
  }

  /// Tells each request, from now on, its share of what the process takes of energy.
  ///
  /// @param shares of all engines of the process
  public void share(EnergyTally shares) {
    energy = shares;
  }

  /// Queues a request.
  ///
  /// @throws BusyException when too many wait
  /// @throws IllegalArgumentException for a prompt that leaves no room for a token, or ids that the
  ///   model has not
  public Generation submit(Request request) {
    bounds.check(request);
    LoraAdapter adapter = request.adapter();
    if (adapter != null && adapter.model() != model) {
      throw new IllegalArgumentException("the adapter was opened beside another model");
    }
    synchronized (waiting) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      if (waiting.size() >= maxWaiting + maxSequences - counted.running()) {
        throw new BusyException(waiting.size(), maxWaiting);
      }
      var generation = new Generation(this::wake);
      waiting.add(
          new ActiveSequence(
              model, request, maxContext, blocks, candidates, generation, nanoTime.getAsLong()));
      waiting.notifyAll();
      return generation;
    }
  }

  /// Bytes of keys and values that sequences have taken and not given back, and that are kept for
  /// others.
  long takenBytes() {
    return blocks.takenBytes();
  }

  public Stats stats() {
    // Within, so that what goes from waiting to running is counted once.
    synchronized (waiting) {
      Stats s = counted;
      return new Stats(
          s.running(),
          waiting.size(),
          s.prefilledTokens(),
          s.generatedTokens(),
          s.cacheBytes(),
          s.spared());
    }
  }

  /// Completed when nothing is running or waiting: at once where that is so now, and when the
  /// engine ends. Never by the engine's own thread, so that what is done then may ask and close it.
  public CompletableFuture<Void> idle() {
    synchronized (waiting) {
      if (waiting.size() + counted.running() == 0 || !thread.isAlive()) {
        return CompletableFuture.completedFuture(null);
      }
      if (idle == null) {
        idle = new CompletableFuture<>();
      }
      return idle;
    }
  }

  private void tellIdle() {
    synchronized (waiting) {
      if (idle != null) {
        // Not in the common pool, whose threads may all wait for this.
        var _ = idle.completeAsync(() -> null, Thread::startVirtualThread);
        idle = null;
      }
    }
  }

  /// Ends all requests, running and waiting, as cancelled.
  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    synchronized (waiting) {
      waiting.notifyAll();
    }
  }

  private void serve() {
    while (schedule()) {
      try {
        step();
      } catch (RuntimeException | Error e) {
        // A step that failed has spoilt every sequence in it; the next requests begin afresh.
        for (ActiveSequence s : List.copyOf(running)) {
          leave(s);
          s.flush();
          s.generation().fail(e);
        }
      }
      count(0, 0);
    }
    List<ActiveSequence> left;
    synchronized (waiting) {
      left = waiting.all();
      waiting.clear();
    }
    for (ActiveSequence s : List.copyOf(running)) {
      leave(s);
      s.finish(FinishReason.CANCELLED);
    }
    guesses.close();
    prefixes.close();
    blocks.close();
    left.forEach(s -> s.finish(FinishReason.CANCELLED));
    count(0, 0);
    tellIdle();
  }

  /// Takes a sequence out, and its keys and values back.
  private void leave(ActiveSequence sequence) {
    if (running.remove(sequence)) {
      sequence.cache().close();
      sequence.leave();
      guesses.leave(sequence);
      synchronized (waiting) {
        waiting.end(sequence);
      }
    }
  }

  /// Waits for work and admits what fits; false when the engine is to end.
  private boolean schedule() {
    synchronized (waiting) {
      while (true) {
        for (ActiveSequence s : waiting.all()) {
          if (s.generation().cancelled()) {
            waiting.end(s);
            s.finish(FinishReason.CANCELLED);
          }
        }
        ActiveSequence next = waiting.first();
        while (next != null && running.size() < maxSequences && findRoom(next)) {
          waiting.begin(next);
          long now = nanoTime.getAsLong();
          lastNanos = running.isEmpty() ? now : lastNanos;
          next.begin(now, energy);
          running.add(next);
          next = waiting.first();
        }
        count(0, 0);
        if (closed) {
          return false;
        }
        if (!running.isEmpty()) {
          return true;
        }
        if (waiting.size() == 0) {
          tellIdle();
        }
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          return false; // nobody but the JVM's end interrupts this thread
        }
      }
    }
  }

  /// Whoever is asked for room first gets it first, so that a long one is not passed by for ever.
  /// What is kept for others goes where it is in the way.
  private boolean findRoom(ActiveSequence next) {
    next.resume(prefixes); // which holds what it goes on with
    while (reserved(next) > budget.bytes() - used()) {
      if (!prefixes.evict()) {
        next.pause();
        return false;
      }
    }
    return true;
  }

  /// What a sequence may come to take beside what is kept for others too.
  private long reserved(ActiveSequence sequence) {
    return sequence.cacheBytes()
        + guesses.cacheBytes(sequence)
        - sequence.keptBlocks() * blockBytes;
  }

  private long used() {
    return prefixes.bytes() + running.stream().mapToLong(this::reserved).sum();
  }

  private void step() {
    var answering = new ArrayList<ActiveSequence>(running.size());
    for (int i = 0; i < running.size(); ) {
      ActiveSequence s = running.get(i);
      if (s.generation().cancelled()) {
        leave(s);
        s.finish(FinishReason.CANCELLED);
        continue;
      }
      i++;
      if (s.answers()) {
        answering.add(s);
      }
    }
    if (running.isEmpty()) {
      return;
    }
    int answers = answering.size();
    int prompts = running.size() - answers;
    boolean reads = prompts > 0 && !pieces.looks(answers);
    StepPlan plan =
        StepPlan.of(
            answering,
            reads ? entering() : List.of(),
            guesses.of(answering, reads),
            pieces.most(),
            s -> pieces.room(answers, prompts, s.uncached()));
    scores = scores.length < plan.rows() + 1 ? new float[plan.rows() + 1][] : scores;
    plan.run(model, scores);
    long now = nanoTime.getAsLong();
    pieces.took(plan.answers(), plan.pieces(), now - lastNanos);
    guesses.took(plan, now - lastNanos);
    lastNanos = now;
    postprocess(plan, now);
    if (scores.length > MOST_SCORES) {
      scores = new float[0][]; // of a prompt's tokens, all of which were told
    }
  }

  /// Whose prompts are read next, in their turn. Of several that begin alike the first reads what
  /// they have in common; the others wait for it.
  private List<ActiveSequence> entering() {
    var turn = new ArrayList<>(running.stream().filter(s -> !s.answers()).toList());
    synchronized (waiting) {
      turn.sort(waiting.turn());
    }
    if (!prefixes.keepsAny()) {
      return turn;
    }
    var reading = new ArrayList<ActiveSequence>();
    for (ActiveSequence s : turn) {
      s.resume(prefixes);
      boolean fresh = s.isFresh();
      if (!fresh || reading.stream().noneMatch(first -> s.expects(first) > 0)) {
        if (fresh) {
          s.copy(prefixes, running);
        }
        reading.add(s);
      }
    }
    return reading;
  }

  /// How a sequence stands after a step: it may have ended, or failed.
  private record Standing(
      ActiveSequence sequence, @Nullable FinishReason reason, @Nullable RuntimeException failure) {}

  private void postprocess(StepPlan plan, long now) {
    var standings = new ArrayList<Standing>(plan.parts().size());
    long prefilled = 0;
    long generated = 0;
    int row = 0;
    for (StepPlan.Part part : plan.parts()) {
      ActiveSequence sequence = part.sequence();
      int before = sequence.generated();
      float[][] own = new float[part.rows()][];
      for (int i = 0; i < own.length; i++) {
        own[i] = scores[row++];
      }
      standings.add(read(sequence, own, now));
      prefilled += before == 0 ? part.ids().length : 0;
      generated += sequence.generated() - before;
      sequence.worked(part.ids().length);
    }
    synchronized (waiting) {
      for (StepPlan.Part part : plan.parts()) {
        waiting.serve(part.sequence().origin().tenant(), part.ids().length);
      }
    }
    // Before any reader hears of them: who has read an answer's end finds it counted.
    for (Standing each : standings) {
      if (each.failure == null) {
        each.sequence.keep(prefixes);
      }
      if (each.reason != null) {
        each.sequence.keepRest(prefixes);
      }
      if (each.reason != null || each.failure != null) {
        leave(each.sequence);
        Stats s = counted;
        counted =
            new Stats(
                s.running(),
                0,
                s.prefilledTokens(),
                s.generatedTokens(),
                s.cacheBytes(),
                s.spared().plus(each.sequence.spared()));
      }
    }
    count(prefilled, generated);
    for (Standing each : standings) {
      if (each.reason != null) {
        each.sequence.finish(each.reason);
      } else {
        each.sequence.flush();
        if (each.failure != null) {
          each.sequence.generation().fail(each.failure);
        }
      }
    }
  }

  /// What one answer's scores lack is its own trouble: the others of the step go on.
  private static Standing read(ActiveSequence sequence, float[][] scores, long now) {
    try {
      return new Standing(sequence, sequence.read(scores, now), null);
    } catch (RuntimeException e) {
      return new Standing(sequence, null, e);
    }
  }

  private void count(long prefilled, long generated) {
    long bytes = prefixes.bytes();
    for (ActiveSequence s : running) {
      bytes += s.cache().bytes() - s.keptBlocks() * blockBytes;
    }
    Stats s = counted;
    if (running.size() == s.running() && prefilled + generated == 0 && bytes == s.cacheBytes()) {
      return;
    }
    counted =
        new Stats(
            running.size(),
            0,
            s.prefilledTokens() + prefilled,
            s.generatedTokens() + generated,
            bytes,
            s.spared());
  }
}
