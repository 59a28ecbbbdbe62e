package dev.imago.serve;

import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Sampling;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// A model that says a given list of pieces, each one token, when the test lets it. A prompt's ids
/// are its code points.
final class ScriptedBackend implements Backend {
  record Asked(String prompt, Sampling sampling) {}

  final int context;
  final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  /// Counted down by the first answer that is cancelled before its end.
  final CountDownLatch cancelled = new CountDownLatch(1);

  /// One permit lets one event go.
  final Semaphore gate;

  volatile List<String> pieces;
  volatile boolean failing;
  private final Set<Answering> running = ConcurrentHashMap.newKeySet();
  volatile boolean closed;

  /// Says all at once.
  ScriptedBackend(int context, String... pieces) {
    this(context, Integer.MAX_VALUE / 2, pieces);
  }

  /// @param permits how many events may go before the test releases more
  ScriptedBackend(int context, int permits, String... pieces) {
    this.context = context;
    this.pieces = List.of(pieces);
    this.gate = new Semaphore(permits);
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public int[] encodeText(String text) {
    return text.codePoints().toArray();
  }

  @Override
  public int[] encodeChat(Conversation conversation) {
    var prompt = new StringBuilder();
    for (var message : conversation.messages()) {
      prompt.append(message.get("role")).append(':').append(message.get("content"));
      message.forEach(
          (name, value) -> {
            if (name.startsWith("tool") || name.equals("name")) {
              prompt.append(' ').append(name).append('=').append(value);
            }
          });
      prompt.append('\n');
    }
    conversation.tools().forEach(tool -> prompt.append(tool).append('\n'));
    return prompt.codePoints().toArray();
  }

  @Override
  public Answering generate(int[] prompt, Sampling sampling) {
    asked.add(new Asked(new String(prompt, 0, prompt.length), sampling));
    if (failing) {
      throw new IllegalStateException("out of order: secret detail");
    }
    List<String> script = pieces;
    var answering =
        new Answering() {
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
            if (next == sampling.maxTokens()) {
              return end(FinishReason.LENGTH);
            }
            return new Event.Token(next, script.get(next++));
          }

          private Event end(FinishReason reason) {
            done = true;
            running.remove(this);
            return new Event.Done(reason, prompt.length, next);
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
