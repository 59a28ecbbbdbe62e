package dev.imago.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/// Tasks that a few threads take one after another, for work that is done once: what is done again
/// and again has a [Team].
final class Shares {
  private final int tasks;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReferenceArray<Throwable> failures;

  Shares(int tasks) {
    this.tasks = tasks;
    this.failures = new AtomicReferenceArray<>(tasks);
  }

  /// Runs all, on the caller's thread and `threads − 1` more. Of what fails, the first task's
  /// failure is thrown: the same whatever the threads.
  void run(int threads, IntConsumer body) {
    Thread[] more = new Thread[Math.max(0, Math.min(threads, tasks) - 1)];
    for (int i = 0; i < more.length; i++) {
      more[i] =
          Thread.ofPlatform().daemon().name("imago-shares-" + (i + 1)).start(() -> work(body));
    }
    work(body);
    boolean interrupted = false;
    for (Thread thread : more) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (int task = 0; task < tasks; task++) {
      switch (failures.get(task)) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }

  private void work(IntConsumer body) {
    for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
      try {
        body.accept(task);
      } catch (RuntimeException | Error e) {
        failures.set(task, e);
      }
    }
  }
}
