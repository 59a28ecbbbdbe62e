package dev.imago.serve;

import dev.imago.generate.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moves an answer's events from the generation, which blocks, to a queue that can be waited on for
/// a while: between two tokens the server has to look whether the client is still there.
///
/// The queue needs no bound of its own: an answer has one.
final class Pump implements AutoCloseable {
  private sealed interface Signal {
    record Next(Event event) implements Signal {}

    record Failed(RuntimeException cause) implements Signal {}
  }

  private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final Backend.Answering answering;
  private boolean ended; // of the reader's thread alone

  private Pump(Backend.Answering answering) {
    this.answering = answering;
  }

  static Pump start(Backend.Answering answering) {
    var pump = new Pump(answering);
    Thread.ofVirtual().name("imago-answer").start(pump::run);
    return pump;
  }

  private void run() {
    try {
      while (answering.hasNext()) {
        signals.add(new Signal.Next(answering.next()));
      }
    } catch (RuntimeException e) {
      signals.add(new Signal.Failed(e));
    }
  }

  /// The next event; empty when none came in time. Throws what the generation threw.
  Optional<Event> next(Duration patience) throws InterruptedException {
    Signal signal = signals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    return switch (signal) {
      case null -> Optional.empty();
      case Signal.Next(Event event) -> Optional.of(taken(event));
      case Signal.Failed(RuntimeException cause) -> {
        ended = true;
        throw new IllegalStateException("the generation failed: " + cause, cause);
      }
    };
  }

  /// The next event if it is there already.
  @Nullable Event ready() {
    if (signals.peek() instanceof Signal.Next(Event event)) {
      signals.poll();
      return taken(event);
    }
    return null;
  }

  private Event taken(Event event) {
    ended = event instanceof Event.Done;
    return event;
  }

  /// Whether the reader has been given the last event, or the failure.
  boolean ended() {
    return ended;
  }

  void cancel() {
    answering.cancel();
  }

  @Override
  public void close() {
    cancel();
  }
}
