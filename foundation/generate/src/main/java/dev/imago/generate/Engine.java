package dev.imago.generate;

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
  private final Thread thread;

  /// Guarded by itself: what waits, and the wish to end.
  private final Deque<ActiveSequence> waiting = new ArrayDeque<>();

  private boolean closed;

  /// Of the engine's thread alone.
  private final List<ActiveSequence> running = new ArrayList<>();

  private volatile Stats counted = new Stats(0, 0, 0, 0, 0);

  /// @param maxSequences how many requests run at a time
  /// @param maxContext the longest prompt and answer together, in tokens
  public Engine(LanguageModel model, int maxSequences, int maxContext) {
    this(model, maxSequences, maxContext, 16 * maxSequences);
  }

  /// @param maxWaiting how many requests may wait beside those that run
  public Engine(LanguageModel model, int maxSequences, int maxContext, int maxWaiting) {
    this(model, maxSequences, maxContext, maxWaiting, System::nanoTime);
  }

  /// @param nanoTime the clock of [Timing]
  Engine(
      LanguageModel model,
      int maxSequences,
      int maxContext,
      int maxWaiting,
      LongSupplier nanoTime) {
    if (maxSequences < 1 || maxSequences > STEP_TOKENS || maxContext < 2 || maxWaiting < 0) {
      throw new IllegalArgumentException(
          "maxSequences = %d is not in 1 … %d, or maxContext = %d below 2, or maxWaiting = %d below 0"
              .formatted(maxSequences, STEP_TOKENS, maxContext, maxWaiting));
    }
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
    if (prompt.length >= maxContext) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens leaves no room for an answer: %d fit together; shorten it"
              .formatted(prompt.length, maxContext));
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
      waiting.add(new ActiveSequence(model, request, maxContext, generation, nanoTime.getAsLong()));
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
        running.forEach(s -> s.generation().fail(e));
        running.clear();
      }
      count(0, 0);
    }
    synchronized (waiting) {
      running.addAll(waiting);
      waiting.clear();
    }
    running.forEach(s -> s.finish(FinishReason.CANCELLED));
    running.clear();
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
        while (running.size() < maxSequences && !waiting.isEmpty()) {
          ActiveSequence next = waiting.remove();
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

  private void step() {
    running.removeIf(
        s -> {
          if (s.generation().cancelled()) {
            s.finish(FinishReason.CANCELLED);
            return true;
          }
          return false;
        });
    List<Part> parts = share();
    if (parts.isEmpty()) {
      return;
    }
    CpuActivation scores = run(parts);
    postprocess(parts, scores);
  }

  /// A sequence's tokens of one step.
  ///
  /// @param complete whether a new token follows them
  private record Part(ActiveSequence sequence, int[] ids, boolean complete) {}

  /// First one token for each answer that runs, then pieces of prompts while there is room.
  private List<Part> share() {
    var parts = new ArrayList<Part>();
    int room = STEP_TOKENS;
    for (ActiveSequence s : running) {
      if (s.pending() == 1) {
        parts.add(new Part(s, s.take(1), true));
        room--;
      }
    }
    for (ActiveSequence s : running) {
      int pending = s.pending();
      if (pending > 1 && room > 0) {
        int count = Math.min(room, pending);
        parts.add(new Part(s, s.take(count), count == pending));
        room -= count;
      }
    }
    return parts;
  }

  private CpuActivation run(List<Part> parts) {
    int size = parts.stream().mapToInt(p -> p.ids.length).sum();
    int[] ids = new int[size];
    KeyValues[] sequences = new KeyValues[size];
    var last = new ArrayList<Integer>();
    int at = 0;
    for (Part part : parts) {
      for (int id : part.ids) {
        ids[at] = id;
        sequences[at++] = part.sequence.cache();
      }
      if (part.complete) {
        last.add(at - 1);
      }
    }
    var batch = new ForwardBatch(ids, sequences);
    // A step of nothing but the middles of prompts still needs one row: its scores go unused.
    int[] rows = last.isEmpty() ? new int[] {0} : last.stream().mapToInt(i -> i).toArray();
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
      if (part.complete) {
        next(part.sequence, scores.row(row++), now);
      }
    }
  }

  /// What one answer's scores lack is its own trouble: the others of the step go on.
  private void next(ActiveSequence sequence, float[] scores, long now) {
    FinishReason reason;
    try {
      reason = sequence.next(scores, now);
    } catch (RuntimeException e) {
      running.remove(sequence);
      count(0, 0);
      sequence.generation().fail(e);
      return;
    }
    if (reason != null) {
      running.remove(sequence);
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
