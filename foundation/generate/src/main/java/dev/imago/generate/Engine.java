package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/// Continuous batching: one thread that, step after step, takes the next token of every running
/// request and a piece of the prompts of new ones through the model together. Yu et al. 2022, Orca.
///
/// What a request gives does not depend on what else runs.
public final class Engine implements AutoCloseable {
  /// Tokens of one step, so that a long prompt does not hold up the answers that are running.
  private static final int STEP_TOKENS = 128;

  private final LanguageModel model;
  private final int maxSequences;
  private final int maxContext;
  private final int maxWaiting;
  private final LongSupplier nanoTime;
  private final CacheBudget budget;
  private final CacheBlocks blocks;
  private final Thread thread;

  /// Guarded by itself: what waits, and the wish to end.
  private final Deque<ActiveSequence> waiting = new ArrayDeque<>();

  private boolean closed;

  /// Of the engine's thread alone.
  private final List<ActiveSequence> running = new ArrayList<>();

  private long reserved;

  private volatile Stats counted = new Stats(0, 0, 0, 0, 0);

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
    this(model, maxSequences, maxContext, maxWaiting, budget, System::nanoTime);
  }

  /// @param nanoTime the clock of [Timing]
  Engine(
      LanguageModel model,
      int maxSequences,
      int maxContext,
      int maxWaiting,
      CacheBudget budget,
      LongSupplier nanoTime) {
    if (maxSequences < 1 || maxSequences > STEP_TOKENS || maxContext < 2 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "maxSequences = %d is not in 1 … %d, or maxContext = %d below 2, or maxWaiting = %d below 0"
              .formatted(maxSequences, STEP_TOKENS, maxContext, maxWaiting));
    }
    budget.type().check(model.config().keyHeadWidth());
    long most = model.cacheBytes(budget.type(), maxContext);
    if (most > budget.bytes()) {
      throw new IllegalArgumentException(
          "a context of %,d tokens takes %,d bytes of keys and values in %s, and they may take %,d: the longest that fits is %,d"
              .formatted(
                  maxContext, most, budget.type(), budget.bytes(), model.longestContext(budget)));
    }
    this.budget = budget;
    this.blocks = new CacheBlocks(budget.type());
    this.model = model;
    this.maxSequences = maxSequences;
    this.maxContext = maxContext;
    this.maxWaiting = maxWaiting;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().daemon().name("imago-engine").start(this::serve);
  }

  /// Queues a request.
  ///
  /// @throws BusyException when too many wait
  /// @throws IllegalArgumentException for a prompt that leaves no room for a token, or ids that the
  ///   model has not
  public Generation submit(Request request) {
    int[] prompt = request.prompt();
    boolean answered = request.sampling().ending().maxTokens() > 0;
    if (prompt.length + (answered ? 1 : 0) > maxContext) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens leaves no room for an answer: %d fit together; shorten it"
              .formatted(prompt.length, maxContext));
    }
    if (request.told().prompt() && model.config().decoderStart().isPresent()) {
      throw new IllegalArgumentException(
          "a %s reads its prompt by an encoder, and tells no probabilities of it"
              .formatted(model.config().architecture()));
    }
    for (int id : prompt) {
      checkId(id);
    }
    request.sampling().penalties().bias().keySet().forEach(this::checkId);
    request.sampling().ending().stopIds().forEach(this::checkId);
    synchronized (waiting) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      if (waiting.size() >= maxWaiting + maxSequences - counted.running()) {
        throw new BusyException(waiting.size(), maxWaiting);
      }
      var generation = new Generation(this::wake);
      waiting.add(
          new ActiveSequence(model, request, maxContext, blocks, generation, nanoTime.getAsLong()));
      waiting.notifyAll();
      return generation;
    }
  }

  private void checkId(int id) {
    if (id < 0 || id >= model.config().vocabularySize()) {
      throw new IllegalArgumentException(
          "token id %d is not in 0 … %d".formatted(id, model.config().vocabularySize() - 1));
    }
  }

  /// Bytes of keys and values that sequences have taken and not given back.
  long takenBytes() {
    return blocks.takenBytes();
  }

  public Stats stats() {
    Stats s = counted;
    synchronized (waiting) {
      return new Stats(
          s.running(), waiting.size(), s.prefilledTokens(), s.generatedTokens(), s.cacheBytes());
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
          s.generation().fail(e);
        }
      }
      count(0, 0);
    }
    List<ActiveSequence> left;
    synchronized (waiting) {
      left = List.copyOf(waiting);
      waiting.clear();
    }
    for (ActiveSequence s : List.copyOf(running)) {
      leave(s);
      s.finish(FinishReason.CANCELLED);
    }
    blocks.close();
    left.forEach(s -> s.finish(FinishReason.CANCELLED));
  }

  /// Takes a sequence out, and its keys and values back.
  private void leave(ActiveSequence sequence) {
    if (running.remove(sequence)) {
      reserved -= sequence.cacheBytes();
      sequence.cache().close();
    }
  }

  /// Waits for work and admits what fits; false when the engine is to end.
  private boolean schedule() {
    synchronized (waiting) {
      while (true) {
        for (ActiveSequence s : List.copyOf(waiting)) {
          if (s.generation().cancelled() && waiting.remove(s)) {
            s.finish(FinishReason.CANCELLED);
          }
        }
        while (running.size() < maxSequences && !waiting.isEmpty() && hasRoom(waiting.getFirst())) {
          ActiveSequence next = waiting.remove();
          reserved += next.cacheBytes();
          next.begin(nanoTime.getAsLong());
          running.add(next);
        }
        count(0, 0);
        if (closed) {
          return false;
        }
        if (!running.isEmpty()) {
          return true;
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
  private boolean hasRoom(ActiveSequence next) {
    return next.cacheBytes() <= budget.bytes() - reserved;
  }

  private void step() {
    for (ActiveSequence s : List.copyOf(running)) {
      if (s.generation().cancelled()) {
        leave(s);
        s.finish(FinishReason.CANCELLED);
      }
    }
    List<Part> parts = share();
    if (parts.isEmpty()) {
      return;
    }
    CpuActivation scores = run(parts);
    postprocess(parts, scores);
  }

  /// A sequence's tokens of one step.
  ///
  /// @param rows of how many of the last of them the scores of what follows are needed
  /// @param complete whether a new token follows them
  private record Part(ActiveSequence sequence, int[] ids, int rows, boolean complete) {
    static Part of(ActiveSequence sequence, int count) {
      int rows = sequence.rows(count);
      boolean complete = count == sequence.pending();
      return new Part(sequence, sequence.take(count), rows, complete);
    }
  }

  /// First one token for each answer that runs, then pieces of prompts while there is room.
  private List<Part> share() {
    var parts = new ArrayList<Part>();
    int room = STEP_TOKENS;
    for (ActiveSequence s : running) {
      if (s.pending() == 1) {
        parts.add(Part.of(s, 1));
        room--;
      }
    }
    for (ActiveSequence s : running) {
      int pending = s.pending();
      if (pending > 1 && room > 0) {
        int count = Math.min(room, pending);
        parts.add(Part.of(s, count));
        room -= count;
      }
    }
    return parts;
  }

  private CpuActivation run(List<Part> parts) {
    int size = parts.stream().mapToInt(p -> p.ids.length).sum();
    int[] ids = new int[size];
    KeyValues[] sequences = new KeyValues[size];
    var wanted = new ArrayList<Integer>();
    int at = 0;
    for (Part part : parts) {
      for (int id : part.ids) {
        ids[at] = id;
        sequences[at++] = part.sequence.cache();
      }
      for (int i = at - part.rows; i < at; i++) {
        wanted.add(i);
      }
    }
    var batch = new ForwardBatch(ids, sequences);
    // A step of nothing but the middles of prompts still needs one row: its scores go unused.
    int[] rows = wanted.isEmpty() ? new int[] {0} : wanted.stream().mapToInt(i -> i).toArray();
    return model.step(batch, rows);
  }

  private void postprocess(List<Part> parts, CpuActivation scores) {
    long prefilled = 0;
    long generated = 0;
    for (Part part : parts) {
      prefilled += part.sequence.generated() == 0 ? part.ids.length : 0;
      generated += part.complete ? 1 : 0;
    }
    // Before any reader hears of them: who has read an answer's end finds it counted.
    count(prefilled, generated);
    long now = nanoTime.getAsLong();
    int row = 0;
    for (Part part : parts) {
      float[][] own = new float[part.rows][];
      for (int i = 0; i < own.length; i++) {
        own[i] = scores.row(row++);
      }
      read(part.sequence, own, now);
    }
  }

  /// What one answer's scores lack is its own trouble: the others of the step go on.
  private void read(ActiveSequence sequence, float[][] scores, long now) {
    FinishReason reason;
    try {
      reason = sequence.read(scores, now);
    } catch (RuntimeException e) {
      leave(sequence);
      count(0, 0);
      sequence.generation().fail(e);
      return;
    }
    if (reason != null) {
      leave(sequence);
      count(0, 0);
      sequence.finish(reason);
    }
  }

  private void count(long prefilled, long generated) {
    long bytes = 0;
    for (ActiveSequence s : running) {
      bytes += s.cache().bytes();
    }
    Stats s = counted;
    counted =
        new Stats(
            running.size(),
            0,
            s.prefilledTokens() + prefilled,
            s.generatedTokens() + generated,
            bytes);
  }
}
