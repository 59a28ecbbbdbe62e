package dev.imago.generate;

import dev.imago.constraints.ConstraintException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The events of one request as they come: an iterator that waits. For one reader; [#cancel] from
/// anywhere. Closing it cancels what is not yet done.
public final class Generation implements Iterator<Event>, AutoCloseable {
  private record Signal(@Nullable Event event, @Nullable Throwable failure) {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final Runnable wake;
  private volatile boolean cancelled;
  private boolean done;

  Generation(Runnable wake) {
    this.wake = wake;
  }

  /// Whether the end has not been read yet.
  @Override
  public boolean hasNext() {
    return !done;
  }

  /// The next event, as soon as there is one.
  ///
  /// @throws NotFiniteException when the model computed no scores to choose by
  /// @throws ConstraintException when what the answer must be has led beyond a budget
  /// @throws IllegalStateException when the engine failed
  /// @throws CancellationException when this thread is interrupted, which cancels the request
  @Override
  public Event next() {
    if (done) {
      throw new NoSuchElementException();
    }
    Signal signal;
    try {
      signal = signals.take();
    } catch (InterruptedException e) {
      cancel();
      done = true;
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a token");
    }
    if (signal.event == null) {
      done = true;
      if (signal.failure instanceof NotFiniteException broken) {
        throw broken;
      }
      if (signal.failure instanceof ConstraintException beyond) {
        throw beyond;
      }
      throw new IllegalStateException("the engine failed: " + signal.failure, signal.failure);
    }
    done = signal.event instanceof Event.Done;
    return signal.event;
  }

  /// Asks for the end: a [FinishReason#CANCELLED] follows soon, unless another end came before.
  public void cancel() {
    if (!done) { // else nothing is under way, and the engine's lock is its own
      cancelled = true;
      wake.run();
    }
  }

  @Override
  public void close() {
    if (!done) {
      cancel();
    }
  }

  boolean cancelled() {
    return cancelled;
  }

  void emit(Event event) {
    signals.add(new Signal(event, null));
  }

  void fail(Throwable failure) {
    signals.add(new Signal(null, failure));
  }
}
