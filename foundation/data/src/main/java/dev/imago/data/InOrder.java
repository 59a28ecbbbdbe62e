package dev.imago.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Maps a stream on several threads and hands the results on in the stream's own order, so that the
/// number of threads changes nothing but the time.
public final class InOrder {
  /// A task of less than this does not pay for its hand-over.
  private static final long BATCH_WEIGHT = 1 << 18;

  private InOrder() {}

  /// Reads `in` and calls `out` on the calling thread, `work` on `threads` others. At most three
  /// batches a thread are in flight, each one item or about 256 Ki units of weight.
  ///
  /// @param weight an item's share of memory and work, such as its characters
  /// @throws InterruptedException when the caller is interrupted; no work goes on then
  public static <T, R> void map(
      Iterator<? extends T> in,
      int threads,
      ToLongFunction<? super T> weight,
      Function<? super T, ? extends R> work,
      Consumer<? super R> out)
      throws InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("work-", 0).factory());
    var flight = new ArrayDeque<Future<List<R>>>();
    try {
      while (in.hasNext() || !flight.isEmpty()) {
        if (!in.hasNext() || flight.size() == 3 * threads) {
          take(flight.remove()).forEach(out);
          continue;
        }
        List<T> batch = batch(in, weight);
        flight.add(
            workers.submit(
                () -> {
                  var results = new ArrayList<R>(batch.size());
                  for (T item : batch) {
                    results.add(work.apply(item));
                  }
                  return results;
                }));
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private static <T> List<T> batch(Iterator<? extends T> in, ToLongFunction<? super T> weight) {
    var batch = new ArrayList<T>();
    long sum = 0;
    while (sum < BATCH_WEIGHT && in.hasNext()) {
      T item = in.next();
      batch.add(item);
      sum += 1 + weight.applyAsLong(item);
    }
    return batch;
  }

  private static <R> R take(Future<R> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException defect -> throw defect;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
