package dev.imago.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed set of platform threads that compute one job after another: the caller and `threads − 1`
/// more, which spin between the many short jobs of a step and park when there is none for long.
///
/// Measured against fork/join for small models, a persistent pair wins (DESIGN §5). One caller at a
/// time.
final class Team implements AutoCloseable {
  /// About 20 µs: longer than the gap between two jobs of a step, far shorter than a time slice.
  private static final int SPINS = 2_000;

  /// About 5 µs of one thread: what it costs to bring another in.
  private static final long LEAST_WORK = 1 << 16;

  private final Thread[] workers;
  private final float[][] scratch;
  private float[] shared = {};

  private volatile int epoch;
  private volatile boolean closed;
  private volatile @Nullable Job job;

  /// What a job's tasks do; tasks may run in any order and at the same time.
  @FunctionalInterface
  interface Body {
    /// @param task 0 … tasks − 1
    /// @param thread 0 … threads − 1: whose scratch may be used
    void run(int task, int thread);
  }

  private static final class Job {
    final Body body;
    final int tasks;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger left;
    volatile @Nullable Throwable failure;

    Job(Body body, int tasks) {
      this.body = body;
      this.tasks = tasks;
      this.left = new AtomicInteger(tasks);
    }

    void work(int thread) {
      for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
        try {
          body.run(task, thread);
        } catch (Throwable e) {
          failure = e;
        } finally {
          left.getAndDecrement();
        }
      }
    }
  }

  /// @param threads at least 1; more than the machine's cores only wait for each other
  Team(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads = " + threads + " is below 1");
    }
    VectorModule.require();
    scratch = new float[threads][0];
    workers = new Thread[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      int thread = i + 1;
      workers[i] =
          Thread.ofPlatform().daemon().name("imago-cpu-" + thread).start(() -> serve(thread));
    }
  }

  public int threads() {
    return workers.length + 1;
  }

  private void serve(int thread) {
    int seen = 0;
    int spins = 0;
    while (!closed) {
      int now = epoch;
      if (now != seen) {
        seen = now;
        spins = 0;
        Job current = job;
        if (current != null) {
          current.work(thread);
        }
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  /// Runs all tasks and returns when the last has ended.
  ///
  /// @param work of all tasks together, in products about: a little is not worth sharing
  void run(int tasks, long work, Body body) {
    if (tasks <= 1 || workers.length == 0 || work < LEAST_WORK) {
      for (int task = 0; task < tasks; task++) {
        body.run(task, 0);
      }
      return;
    }
    var current = new Job(body, tasks);
    job = current;
    epoch = epoch + 1; // only this thread writes it
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    current.work(0);
    for (int spins = 0; current.left.get() > 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // the other was scheduled away: let it have this core
      }
    }
    job = null;
    Throwable failure = current.failure;
    if (failure != null) {
      throw new IllegalStateException("a kernel failed: " + failure, failure);
    }
  }

  /// A thread's own numbers, at least `size`, kept from job to job; content undefined.
  float[] scratch(int thread, int size) {
    if (scratch[thread].length < size) {
      scratch[thread] = new float[size];
    }
    return scratch[thread];
  }

  /// Numbers for all threads of the next jobs, at least `size`, the same until the next call;
  /// content undefined.
  float[] shared(int size) {
    if (shared.length < size) {
      shared = new float[size];
    }
    return shared;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
