package dev.imago.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.global.torch;

/// A fixed set of platform threads, one a replica, each with libtorch's own pools of one thread.
final class Workers implements AutoCloseable {
  private final List<ExecutorService> threads = new ArrayList<>();

  /// What one worker does.
  @FunctionalInterface
  interface Work {
    void run(int worker);
  }

  Workers(int count) {
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("replica-" + number).factory()));
    }
    run(_ -> torch.set_num_threads(1)); // libtorch keeps the count per thread
  }

  int count() {
    return threads.size();
  }

  /// Runs the work on every worker and waits for all. An interrupt does not break it off: weights
  /// that are half updated are of no use; it is seen after.
  void run(Work work) {
    var futures = new ArrayList<Future<?>>();
    for (int i = 0; i < threads.size(); i++) {
      int worker = i;
      futures.add(threads.get(i).submit(() -> work.run(worker)));
    }
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<?> future : futures) {
      for (boolean done = false; !done; ) {
        try {
          future.get();
          done = true;
        } catch (ExecutionException e) {
          failure = failure == null ? new IllegalStateException(e.getCause()) : failure;
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::close);
  }
}
