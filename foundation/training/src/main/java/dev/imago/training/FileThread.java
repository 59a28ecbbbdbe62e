package dev.imago.training;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A thread of its own that writes a file: an interrupt, which ends a training, would close the
/// file under whoever writes it.
final class FileThread {
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  /// Begins to write.
  FileThread(Runnable work) {
    thread =
        Thread.ofPlatform()
            .name("checkpoint")
            .uncaughtExceptionHandler((_, e) -> failure.set(e))
            .start(work);
  }

  /// Waits for the end, and throws what the work threw.
  ///
  /// @return whether this thread was interrupted meanwhile, which is then no longer set
  boolean end() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return switch (failure.get()) {
      case null -> interrupted;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    };
  }
}
