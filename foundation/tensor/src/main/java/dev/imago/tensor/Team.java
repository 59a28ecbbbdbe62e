package dev.imago.tensor;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
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

  /// Longs of a cache line and its neighbour, which the prefetcher brings along.
  private static final int APART = 16;

  private final Thread[] workers;
  private final float[][] scratch;
  private final float[][] sums;
  private float[] shared = {};

  private volatile int epoch;
  private volatile boolean closed;

  /// Of each thread's share of the job's tasks: the job's epoch above, and below how many are still
  /// to be taken. A share is a run of neighbours, so that a thread reads one stream of memory; who
  /// is through with its own takes of the others'.
  private final AtomicLongArray tickets;

  /// Which workers sleep, or are about to.
  private final AtomicIntegerArray asleep;

  /// Tasks of the job that have not ended.
  private final AtomicInteger left = new AtomicInteger();

  /// The job. Whoever holds a task of it reads them, and before that task has ended they stay.
  private @Nullable Body body;

  private int tasks;
  private volatile @Nullable Throwable failure;

  /// What a job's tasks do; tasks may run in any order and at the same time.
  @FunctionalInterface
  interface Body {
    /// @param task 0 … tasks − 1
    /// @param thread 0 … threads − 1: whose scratch may be used
    void run(int task, int thread);
  }

  /// @param threads at least 1; more than the machine's cores only wait for each other
  Team(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads = " + threads + " is below 1");
    }
    VectorModule.require();
    scratch = new float[threads][0];
    sums = new float[threads][PanelKernels.SUMS];
    tickets = new AtomicLongArray(threads * APART);
    asleep = new AtomicIntegerArray(threads * APART);
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
        work(now, thread);
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        asleep.set(thread * APART, 1);
        if (epoch == seen && !closed) {
          LockSupport.park(this);
        }
        asleep.set(thread * APART, 0);
      }
    }
  }

  private void work(int job, int thread) {
    for (int i = 0; i < scratch.length; i++) {
      int share = (thread + i) % scratch.length;
      for (int task = take(job, share); task >= 0; task = take(job, share)) {
        try {
          Objects.requireNonNull(body).run(task, thread);
        } catch (Throwable e) {
          failure = e;
        } finally {
          left.getAndDecrement();
        }
      }
    }
  }

  /// The next task of a share; −1 where none is left, or the job is over.
  private int take(int job, int share) {
    int at = share * APART;
    for (long ticket = tickets.get(at);
        ticket >>> 32 == Integer.toUnsignedLong(job) && (int) ticket > 0;
        ticket = tickets.get(at)) {
      if (tickets.compareAndSet(at, ticket, ticket - 1)) {
        return end(share) - (int) ticket;
      }
    }
    return -1;
  }

  /// Where a share of the tasks ends.
  private int end(int share) {
    return (int) ((share + 1L) * tasks / scratch.length);
  }

  /// Runs all tasks and returns when the last has ended.
  ///
  /// @param work of all tasks together, in products about: a little is not worth sharing
  /// @throws IllegalStateException when a task failed, with what it threw as its cause
  void run(int tasks, long work, Body body) {
    if (tasks <= 1 || workers.length == 0 || work < LEAST_WORK) {
      try {
        for (int task = 0; task < tasks; task++) {
          body.run(task, 0);
        }
      } catch (Throwable e) {
        throw failed(e);
      }
      return;
    }
    this.body = body;
    this.tasks = tasks;
    failure = null;
    left.set(tasks);
    int job = epoch + 1; // only this thread writes it
    for (int share = 0; share < scratch.length; share++) {
      int count = end(share) - end(share - 1);
      tickets.set(share * APART, (long) job << 32 | count);
    }
    epoch = job;
    for (int i = 0; i < workers.length; i++) {
      if (asleep.get((i + 1) * APART) != 0) {
        LockSupport.unpark(workers[i]);
      }
    }
    work(job, 0);
    for (int spins = 0; left.get() > 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // the other was scheduled away: let it have this core
      }
    }
    this.body = null;
    Throwable failed = failure;
    if (failed != null) {
      throw failed(failed);
    }
  }

  private static IllegalStateException failed(Throwable failure) {
    return new IllegalStateException("a kernel failed: " + failure, failure);
  }

  /// A thread's own numbers, at least `size`, kept from job to job; content undefined.
  float[] scratch(int thread, int size) {
    if (scratch[thread].length < size) {
      scratch[thread] = new float[size];
    }
    return scratch[thread];
  }

  /// A thread's own accumulators, as many as [PanelKernels] wants.
  float[] sums(int thread) {
    return sums[thread];
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
