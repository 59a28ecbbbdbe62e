package dev.imago.serve.completions;

import dev.imago.generate.Event;
import dev.imago.serve.models.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The events of a request's answers in the order in which they come. It moves them from the
/// generations, which block, to a queue that can be waited on for a while: between two tokens the
/// server has to look whether the client is still there.
///
/// The queue needs no bound of its own: an answer has one.
final class TokenStream implements AutoCloseable {
  private sealed interface Signal {
    record Next(Item item) implements Signal {}

    record Failed(RuntimeException cause) implements Signal {}
  }

  /// An event of one of the answers.
  ///
  /// @param choice which of them
  record Item(int choice, Event event) {}

  private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final List<Backend.AnswerWriter> answers;
  private int open; // of the reader's thread alone

  private TokenStream(List<Backend.AnswerWriter> answers) {
    this.answers = List.copyOf(answers);
    this.open = answers.size();
  }

  static TokenStream start(List<Backend.AnswerWriter> answers) {
    var stream = new TokenStream(answers);
    for (int i = 0; i < answers.size(); i++) {
      int choice = i;
      Thread.ofVirtual().name("imago-answer").start(() -> stream.move(choice));
    }
    return stream;
  }

  private void move(int choice) {
    Backend.AnswerWriter answer = answers.get(choice);
    try {
      while (answer.hasNext()) {
        signals.add(new Signal.Next(new Item(choice, answer.next())));
      }
    } catch (RuntimeException e) {
      signals.add(new Signal.Failed(e));
    }
  }

  /// The next event; empty when none came in time. Throws what a generation threw.
  Optional<Item> next(Duration patience) throws InterruptedException {
    Signal signal = signals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    return switch (signal) {
      case null -> Optional.empty();
      case Signal.Next(Item item) -> Optional.of(taken(item));
      case Signal.Failed(RuntimeException cause) -> {
        open--;
        throw cause;
      }
    };
  }

  /// The next event if it is there already.
  @Nullable Item ready() {
    if (signals.peek() instanceof Signal.Next(Item item)) {
      signals.poll();
      return taken(item);
    }
    return null;
  }

  private Item taken(Item item) {
    open -= item.event() instanceof Event.Done ? 1 : 0;
    return item;
  }

  /// Whether the reader has been given every answer's end, or failure.
  boolean ended() {
    return open == 0;
  }

  /// Ends one of the answers.
  void cancel(int choice) {
    answers.get(choice).cancel();
  }

  void cancel() {
    answers.forEach(Backend.AnswerWriter::cancel);
  }

  @Override
  public void close() {
    cancel();
  }
}
