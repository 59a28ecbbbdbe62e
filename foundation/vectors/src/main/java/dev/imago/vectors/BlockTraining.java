package dev.imago.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Trains matrices on several threads in blocks: in a block each thread works through a chunk of
/// its own on copies of the rows that it touches; then what all of them changed is added up, in the
/// order of the threads. The same chunks on the same number of threads make the same bits.
///
/// Without locks all threads change the same rows at once (Hogwild; Niu et al. 2011): no bits are
/// promised. One thread needs neither.
final class BlockTraining implements AutoCloseable {
  /// Chunks of a thread between two looks at the clock, without locks.
  private static final int CHUNKS_WITHOUT_LOCKS = 16;

  /// One thread's work.
  interface ChunkWork {
    void train(long chunk);
  }

  /// What happens between blocks.
  interface Watch {
    void after(long chunks) throws InterruptedException;
  }

  private final int threads;
  private final boolean copying;
  private final List<List<RowView>> views = new ArrayList<>();
  private final ExecutorService pool;

  BlockTraining(List<SharedRows> matrices, int threads, boolean lockFree) {
    this.threads = threads;
    this.copying = threads > 1 && !lockFree;
    for (int t = 0; t < threads; t++) {
      views.add(matrices.stream().map(m -> new RowView(m, copying)).toList());
    }
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("vectors-", 0).factory());
  }

  /// A thread's rows of a matrix.
  RowView view(int thread, int matrix) {
    return views.get(thread).get(matrix);
  }

  /// Works through chunks `from` to `to`, without the last.
  ///
  /// @param work of each thread
  void run(long from, long to, List<? extends ChunkWork> work, Watch watch)
      throws InterruptedException {
    int each = copying ? 1 : CHUNKS_WITHOUT_LOCKS;
    for (long next = from; next < to; ) {
      long end = Math.min(to, next + (long) each * threads);
      long first = next;
      together(
          thread -> {
            for (long chunk = first + thread; chunk < end; chunk += threads) {
              work.get(thread).train(chunk);
            }
            views.get(thread).forEach(RowView::toChanges);
          });
      if (copying) {
        together(part -> views.forEach(of -> of.forEach(rows -> rows.addChanges(part, threads))));
        together(thread -> views.get(thread).forEach(RowView::clear));
      }
      next = end;
      watch.after(next);
    }
  }

  private interface Part {
    void run(int thread);
  }

  /// Waits for all, through an interrupt too: a block half done could not be gone on from.
  private void together(Part part) {
    var running = new ArrayList<Future<?>>(threads);
    for (int t = 0; t < threads; t++) {
      int thread = t;
      running.add(pool.submit(() -> part.run(thread)));
    }
    boolean interrupted = false;
    for (Future<?> one : running) {
      while (true) {
        try {
          one.get();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
