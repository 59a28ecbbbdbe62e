package dev.imago.serve;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.generate.EnergyTally;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.Spared;
import dev.imago.generate.Timing;
import dev.imago.model.ModelCard;
import dev.imago.serve.models.Backend;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A model that says a given list of pieces, each one token, when the test lets it. A prompt's ids
/// are its code points.
public final class ScriptedBackend implements Backend {
  static final int VOCABULARY = 0x110000;

  record Asked(String prompt, Sampling sampling, boolean continued) {}

  /// A piece at which the model fails.
  static final String BROKEN = "\u0000";

  /// A token every tenth of a second, after a second of waiting and half one of the prompt.
  private static final Timing TIMING = new Timing(1_000_000_000L, 500_000_000L, 400_000_000L);

  final int context;
  final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  /// Counted down by the first answer that is cancelled before its end.
  final CountDownLatch cancelled = new CountDownLatch(1);

  /// One permit lets one event go.
  final Semaphore gate;

  volatile List<String> pieces;
  volatile ModelCard card = ModelCard.named("scripted");
  volatile AnswerReading reading = AnswerReading.PLAIN;
  volatile Set<String> mentioned = Set.of();

  volatile @Nullable EnergyTally shares;

  /// The rules of answers that were asked for.
  final BlockingQueue<AnswerRule> ruled = new LinkedBlockingQueue<>();

  /// The stop text that ends answers; null where they end by themselves.
  volatile @Nullable String stop;

  volatile boolean failing;
  private final Set<AnswerWriter> running = ConcurrentHashMap.newKeySet();
  volatile boolean closed;

  /// Guarded by [#running].
  private CompletableFuture<Void> idle = new CompletableFuture<>();

  /// Says all at once.
  public ScriptedBackend(int context, String... pieces) {
    this(context, Integer.MAX_VALUE / 2, pieces);
  }

  /// @param permits how many events may go before the test releases more
  ScriptedBackend(int context, int permits, String... pieces) {
    this.context = context;
    this.pieces = List.of(pieces);
    this.gate = new Semaphore(permits);
  }

  @Override
  public void share(EnergyTally all) {
    shares = all;
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public Instant written() {
    return Running.NOW;
  }

  @Override
  public int vocabularySize() {
    return VOCABULARY;
  }

  /// `^` is what the vocabulary begins a text with.
  @Override
  public int[] encodeText(String text, boolean beginning) {
    return ((beginning ? "^" : "") + text).codePoints().toArray();
  }

  /// Its answers are what the test says: a grammar is read, and held to by nobody.
  @Override
  public TokenConstraint constrain(String key, Supplier<Grammar> grammar) {
    grammar.get();
    return _ -> {
      throw new IllegalStateException("a scripted model begins no constraint");
    };
  }

  @Override
  public String decode(int[] ids) {
    return new String(ids, 0, ids.length);
  }

  @Override
  public int[] encodeChat(Map<String, Object> variables) {
    var prompt = new StringBuilder();
    for (var message : maps(variables, "messages")) {
      prompt.append(message.get("role")).append(':').append(message.get("content"));
      message.forEach(
          (name, value) -> {
            if (!name.equals("role") && !name.equals("content")) {
              prompt.append(' ').append(name).append('=').append(value);
            }
          });
      prompt.append('\n');
    }
    maps(variables, "tools").forEach(tool -> prompt.append(tool).append('\n'));
    return prompt.codePoints().toArray();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(Map<String, Object> variables, String name) {
    return (List<Map<String, Object>>) variables.getOrDefault(name, List.of());
  }

  @Override
  public AnswerReading reading() {
    return reading;
  }

  @Override
  public boolean thinks() {
    return reading.form().thinking() != null;
  }

  @Override
  public boolean templateMentions(String name) {
    return mentioned.contains(name);
  }

  @Override
  public @Nullable TokenConstraint constrain(AnswerRule rule, @Nullable TokenConstraint otherwise) {
    ruled.add(rule);
    return otherwise;
  }

  @Override
  public boolean thinksAfter(int[] prompt) {
    return reading.form().thinksAfter(decode(prompt));
  }

  @Override
  public byte[] token(int id) {
    return decode(new int[] {id}).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Set<Integer> holding(List<String> texts) {
    return texts.stream().map(text -> text.codePointAt(0)).collect(Collectors.toSet());
  }

  @Override
  public AnswerWriter generate(Request request) {
    int[] prompt = request.prompt();
    Sampling sampling = request.sampling();
    asked.add(new Asked(decode(prompt), sampling, request.continued()));
    if (failing) {
      throw new IllegalStateException("out of order: secret detail");
    }
    List<String> script = pieces;
    var answering =
        new AnswerWriter() {
          private int next;
          private boolean done;
          private volatile boolean isCancelled;

          @Override
          public boolean hasNext() {
            return !done;
          }

          @Override
          public Event next() {
            if (done) {
              throw new NoSuchElementException();
            }
            gate.acquireUninterruptibly();
            if (isCancelled) {
              return end(FinishReason.CANCELLED);
            }
            if (next == script.size()) {
              return end(FinishReason.STOP);
            }
            if (next == sampling.ending().maxTokens()) {
              return end(FinishReason.LENGTH);
            }
            if (script.get(next).equals(BROKEN)) {
              done = true;
              ended(this);
              throw new IllegalStateException("the engine failed: secret detail");
            }
            return new Event.Token(next, script.get(next++));
          }

          private Event end(FinishReason reason) {
            done = true;
            ended(this);
            return new Event.Done(
                reason,
                prompt.length,
                next,
                TIMING,
                new Spared(0, 0, 0),
                reason == FinishReason.STOP ? stop : null);
          }

          @Override
          public void cancel() {
            if (!done && !isCancelled) {
              isCancelled = true;
              cancelled.countDown();
              gate.release();
            }
          }
        };
    running.add(answering);
    return answering;
  }

  private void ended(AnswerWriter answer) {
    synchronized (running) {
      running.remove(answer);
      if (running.isEmpty()) {
        idle.completeAsync(() -> null, Thread::startVirtualThread);
        idle = new CompletableFuture<>();
      }
    }
  }

  @Override
  public CompletableFuture<Void> idle() {
    synchronized (running) {
      return running.isEmpty() ? CompletableFuture.completedFuture(null) : idle;
    }
  }

  @Override
  public int running() {
    return running.size();
  }

  @Override
  public int waiting() {
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
