package dev.imago.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.global.torch;

/// A fixed set of platform threads, one a replica, each with a pool of libtorch's of its own.
final class Workers implements AutoCloseable {
  private final List<ExecutorService> workers = new ArrayList<>();

  /// What one worker does.
  @FunctionalInterface
  interface Work {
    void run(int worker);
  }

  /// @param threads of libtorch's pool in each, at least 1
  Workers(int count, int threads) {
    for (int i = 0; i < count; i++) {
      int number = i;
      workers.add(
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("replica-" + number).factory()));
    }
    run(_ -> torch.set_num_threads(threads)); // libtorch keeps the count per thread
  }

  int count() {
    return workers.size();
  }

  /// Runs the work on every worker and waits for all. An interrupt does not break it off: weights
  /// that are half updated are of no use; it is seen after.
  void run(Work work) {
    var futures = new ArrayList<Future<?>>();
    for (int i = 0; i < workers.size(); i++) {
      int worker = i;
      futures.add(workers.get(i).submit(() -> work.run(worker)));
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
    workers.forEach(ExecutorService::close);
  }
}
