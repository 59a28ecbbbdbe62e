package dev.imago.vocabularies.learning;

import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Sums over all words, on several threads: words are parted in one way whatever their number, and
/// the parts are added in their order, so that the sums are the same to the last bit.
final class Sums {
  private static final int PARTS = 32;

  private final CharacterWords words;
  private final ExecutorService pool;
  private final int ahead;

  Sums(CharacterWords words, ExecutorService pool, int threads) {
    this.words = words;
    this.pool = pool;
    ahead = 2 * threads;
  }

  /// Adds how often each piece is expected.
  ///
  /// @return the mean logarithm of a character's probability, scaled, over all words
  double expect(Lattice lattice, double[] expected) throws InterruptedException {
    double[] logarithms = new double[2];
    inParts(
        words.words(),
        (from, to) -> {
          Lattice mine = lattice.fork();
          double[] part = new double[expected.length + 2];
          for (int word = from; word < to; word++) {
            int start = words.start(word);
            int end = words.end(word);
            double count = words.count(word);
            part[expected.length] += mine.expect(words.text(), start, end, count, part) * count;
            part[expected.length + 1] += count * (end - start);
          }
          return part;
        },
        part -> {
          for (int i = 0; i < expected.length; i++) {
            expected[i] += part[i];
          }
          logarithms[0] += part[expected.length];
          logarithms[1] += part[expected.length + 1];
        });
    return logarithms[0] / logarithms[1];
  }

  /// How often each piece stands in the best ways to cut all words.
  long[] countBest(Lattice lattice, int pieces) throws InterruptedException {
    long[] counts = new long[pieces];
    inParts(
        words.words(),
        (from, to) -> {
          Lattice mine = lattice.fork();
          long[] part = new long[pieces];
          int[] best = new int[64];
          for (int word = from; word < to; word++) {
            int length = words.end(word) - words.start(word);
            if (best.length < length) {
              best = new int[2 * length];
            }
            mine.findBest(words.text(), words.start(word), words.end(word), -1);
            int size = mine.best(length, best);
            for (int i = 0; i < size; i++) {
              part[best[i]] += words.count(word);
            }
          }
          return part;
        },
        part -> {
          for (int i = 0; i < pieces; i++) {
            counts[i] += part[i];
          }
        });
    return counts;
  }

  /// Works on a part, from one item to before another.
  interface Part<T> {
    T sum(int from, int to);
  }

  /// Works on `items` items in parts, and takes what comes of them in their order.
  <T> void inParts(int items, Part<T> work, Consumer<T> take) throws InterruptedException {
    IntFunction<Callable<T>> part =
        p ->
            () ->
                work.sum((int) ((long) items * p / PARTS), (int) ((long) items * (p + 1) / PARTS));
    var running = new ArrayDeque<Future<T>>();
    try {
      for (int p = 0; p < PARTS; p++) {
        running.add(pool.submit(part.apply(p)));
        if (running.size() > ahead) {
          take.accept(running.remove().get());
        }
      }
      while (!running.isEmpty()) {
        take.accept(running.remove().get());
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
