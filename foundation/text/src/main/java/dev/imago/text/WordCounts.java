package dev.imago.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/// How often each distinct word of a text occurs, words as a pattern cuts them. Counts are 64-bit.
final class WordCounts {
  /// Texts go to the threads in batches of about this many characters.
  private static final int BATCH_CHARS = 1 << 19;

  private final Words words = new Words(1 << 14);
  private long[] counts = new long[1 << 14];

  private WordCounts() {}

  /// Counts the words of all texts on several threads. The counts depend neither on their number
  /// nor on the texts' order.
  ///
  /// @param counted told, from several threads, of UTF-8 bytes counted since the last call
  static WordCounts of(
      Iterator<String> texts, SplitPattern pattern, int threads, LongConsumer counted)
      throws InterruptedException {
    BlockingQueue<List<String>> queue = new ArrayBlockingQueue<>(2 * threads);
    try (var pool = Executors.newFixedThreadPool(threads, WordCounts::thread)) {
      try {
        var futures = new ArrayList<Future<WordCounts>>();
        for (int t = 0; t < threads; t++) {
          futures.add(pool.submit(() -> drain(queue, pattern, counted)));
        }
        feed(texts, queue, futures);
        for (int t = 0; t < threads; t++) {
          put(queue, List.of(), futures); // an empty batch ends one thread
        }
        WordCounts all = futures.getFirst().get();
        for (Future<WordCounts> other : futures.subList(1, threads)) {
          all.addAll(other.get());
        }
        return all;
      } catch (ExecutionException e) {
        throw failure(e);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "count-words");
    thread.setDaemon(true);
    return thread;
  }

  private static RuntimeException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(e);
    };
  }

  private static void feed(
      Iterator<String> texts, BlockingQueue<List<String>> queue, List<Future<WordCounts>> futures)
      throws InterruptedException, ExecutionException {
    var batch = new ArrayList<String>();
    int chars = 0;
    while (texts.hasNext()) {
      String text = texts.next();
      batch.add(text);
      chars += text.length();
      if (chars >= BATCH_CHARS) {
        put(queue, batch, futures);
        batch = new ArrayList<>();
        chars = 0;
      }
    }
    if (!batch.isEmpty()) {
      put(queue, batch, futures);
    }
  }

  /// Waits for room, yet not for threads that have failed.
  private static void put(
      BlockingQueue<List<String>> queue, List<String> batch, List<Future<WordCounts>> futures)
      throws InterruptedException, ExecutionException {
    while (!queue.offer(batch, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
      for (Future<WordCounts> future : futures) {
        if (future.isDone()) {
          future.get();
        }
      }
    }
  }

  private static WordCounts drain(
      BlockingQueue<List<String>> queue, SplitPattern pattern, LongConsumer counted)
      throws InterruptedException {
    var counts = new WordCounts();
    for (List<String> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
      long bytes = 0;
      for (String text : batch) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes += utf8.length;
        for (int from = 0, to; from < utf8.length; from = to) {
          to = pattern.end(utf8, from, utf8.length);
          counts.add(utf8, from, to, 1);
        }
      }
      counted.accept(bytes);
    }
    return counts;
  }

  private void add(byte[] text, int from, int to, long times) {
    int number = words.add(text, from, to);
    if (number < 0) {
      number = -1 - number;
      if (number == counts.length) {
        counts = Arrays.copyOf(counts, 2 * number);
      }
    }
    counts[number] += times;
  }

  private void addAll(WordCounts others) {
    others.words.forEach((number, text, from, to) -> add(text, from, to, others.counts[number]));
  }

  /// Distinct words.
  int size() {
    return words.size();
  }

  /// Calls back with every word, in no order; its count is [#count] of its number.
  void forEach(Words.Visitor visitor) {
    words.forEach(visitor);
  }

  long count(int number) {
    return counts[number];
  }
}
