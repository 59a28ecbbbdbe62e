package dev.imago.vocabularies.learning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the distinct words of texts on several threads, in bounded memory.
///
/// Each thread has a table of its own. One that is full is written to a folder as a sorted run and
/// emptied; at the end all are merged. So the counts depend neither on threads, nor on memory, nor
/// on the texts' order. A checkpoint waits until every thread is idle, writes what the tables hold
/// as runs, and then the list of runs.
public final class WordCounter {
  /// A checkpoint that finds more runs than these merges them.
  private static final int MANY_RUNS = 32;

  private final Settings settings;
  private final String split;
  private final LongConsumer counted;
  private final @Nullable WordFolder folder;
  private final BlockingQueue<Worker> idle;
  private final Semaphore batches;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /// @param threads how many threads cut and count
  /// @param memoryBytes about how much memory distinct words may take while they are counted
  /// @param folder where words beyond it go, and checkpoints; null to hold all in memory
  /// @param checkpointBytes after about how many bytes of text what was counted is made safe; 0 for
  ///   never
  public record Settings(
      int threads, long memoryBytes, @Nullable Path folder, long checkpointBytes) {}

  /// What was counted.
  ///
  /// @param words the words
  /// @param texts how many texts there were
  /// @param bytes how many bytes of UTF-8 they had
  /// @param temporary the folder that goes with the words when they are not needed, or null
  public record Counted(CountedWords words, long texts, long bytes, @Nullable Path temporary) {
    /// The same with other words.
    public Counted withWords(CountedWords words) {
      return new Counted(words, texts, bytes, temporary);
    }

    /// Deletes what lies on disk and is of no further use.
    public void delete() {
      if (temporary != null) {
        WordFolder.delete(temporary);
      }
    }
  }

  /// What one thread at a time works with.
  private record Worker(WordCutter cutter, WordTable table) {}

  private WordCounter(
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted,
      @Nullable WordFolder folder) {
    this.settings = settings;
    this.split = split;
    this.counted = counted;
    this.folder = folder;
    idle = new ArrayBlockingQueue<>(settings.threads());
    batches = new Semaphore(2 * settings.threads());
    for (int t = 0; t < settings.threads(); t++) {
      idle.add(
          new Worker(
              cutters.get(),
              folder == null
                  ? new WordTable()
                  : new WordTable(
                      settings.memoryBytes() / settings.threads(), table -> spill(folder, table))));
    }
  }

  /// Counts the words of texts.
  ///
  /// @param split names what the cutters do, so that no checkpoint of another is gone on with
  /// @param counted told, from several threads, of bytes of UTF-8 counted since the last call
  /// @throws InterruptedException when the thread was interrupted; the last checkpoint stays
  public static Counted count(
      Iterator<String> texts,
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted)
      throws InterruptedException {
    try {
      return countBatches(TextBatch.Strings.of(texts), cutters, split, settings, counted);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /// Counts the words of files' lines, each with its end a text.
  public static Counted countLines(
      List<Path> files,
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted)
      throws InterruptedException {
    return countLines(new FileLines(files), cutters, split, settings, counted);
  }

  /// Counts the words of a stream's lines, as [#countLines] does those of a file.
  ///
  /// @param name of the stream, for messages
  public static Counted countLines(
      InputStream in,
      String name,
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted)
      throws InterruptedException {
    return countLines(new FileLines(in, name), cutters, split, settings, counted);
  }

  private static Counted countLines(
      FileLines files,
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted)
      throws InterruptedException {
    try (files) {
      return countBatches(files, cutters, split, settings, counted);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static Counted countBatches(
      Iterator<TextBatch> texts,
      Supplier<WordCutter> cutters,
      String split,
      Settings settings,
      LongConsumer counted)
      throws InterruptedException, IOException {
    if (settings.folder() == null) {
      var counter = new WordCounter(cutters, split, settings, counted, null);
      return counter.count(texts, CountCheckpoint.none(split), null);
    }
    if (settings.checkpointBytes() > 0) {
      String line = split.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
      Files.createDirectories(settings.folder());
      CountCheckpoint last = CountCheckpoint.read(settings.folder(), line);
      try (var folder = WordFolder.lasting(settings.folder(), last.runs())) {
        return new WordCounter(cutters, line, settings, counted, folder).count(texts, last, null);
      }
    }
    var folder = WordFolder.temporary(settings.folder());
    Counted found = null;
    try {
      found =
          new WordCounter(cutters, split, settings, counted, folder)
              .count(texts, CountCheckpoint.none(split), folder.path());
      return found;
    } finally {
      if (found == null) {
        WordFolder.delete(folder.path());
      }
    }
  }

  private Counted count(Iterator<TextBatch> texts, CountCheckpoint last, @Nullable Path temporary)
      throws InterruptedException, IOException {
    skip(texts, last);
    if (last.bytes() > 0) {
      counted.accept(last.bytes());
    }
    if (!last.complete()) {
      ExecutorService pool = Executors.newFixedThreadPool(settings.threads(), WordCounter::thread);
      try {
        last = feed(texts, last, pool);
      } finally {
        pool.shutdownNow();
        awaitEnd(pool);
      }
      last = finish(last);
    }
    List<WordRun> runs = folder == null ? List.of() : folder.runs();
    CountedWords words = runs.isEmpty() ? idle.element().table() : runs.getFirst();
    return new Counted(words, last.texts(), last.bytes(), temporary);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "count-words");
    thread.setDaemon(true);
    return thread;
  }

  /// No thread may write into a folder that is about to go, even when this one is interrupted.
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void skip(Iterator<TextBatch> texts, CountCheckpoint last) {
    long skipped = 0;
    long mark = 0;
    while (skipped < last.texts() && texts.hasNext()) {
      TextBatch batch = texts.next();
      skipped += batch.texts();
      mark = batch.mark(mark);
    }
    boolean more = last.complete() && texts.hasNext();
    if (skipped != last.texts() || mark != last.mark() || more) {
      throw new IllegalArgumentException(
          "%s are not those that were counted into %s; give the same texts in the same order, or delete the folder to count anew"
              .formatted(
                  last.complete() ? "the texts" : "the first %,d texts".formatted(last.texts()),
                  settings.folder()));
    }
  }

  private CountCheckpoint feed(
      Iterator<TextBatch> texts, CountCheckpoint last, ExecutorService pool)
      throws InterruptedException, IOException {
    long count = last.texts();
    long mark = last.mark();
    var bytes = new AtomicLong(last.bytes());
    long unsafe = 0;
    while (texts.hasNext()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("counting was interrupted");
      }
      TextBatch batch = texts.next();
      count += batch.texts();
      if (settings.checkpointBytes() > 0) {
        mark = batch.mark(mark);
      }
      batches.acquire();
      rethrow();
      pool.execute(() -> cut(batch, bytes));
      unsafe += batch.size();
      if (settings.checkpointBytes() > 0
          && folder != null
          && unsafe >= settings.checkpointBytes()) {
        awaitAll();
        checkpoint(folder, new CountCheckpoint(split, count, bytes.get(), mark, false, List.of()));
        unsafe = 0;
      }
    }
    awaitAll();
    return new CountCheckpoint(split, count, bytes.get(), mark, true, List.of());
  }

  private void cut(TextBatch batch, AtomicLong bytes) {
    try {
      Worker worker = idle.take();
      try {
        long more = batch.cut(worker.cutter(), worker.table());
        bytes.addAndGet(more);
        counted.accept(more);
      } finally {
        idle.add(worker);
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      batches.release();
    }
  }

  private void awaitAll() throws InterruptedException {
    batches.acquire(2 * settings.threads());
    batches.release(2 * settings.threads());
    rethrow();
  }

  private void rethrow() throws InterruptedException {
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case InterruptedException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private static void spill(WordFolder folder, WordTable table) {
    try {
      if (table.distinct() > 0) {
        folder.spill(table);
        table.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private CountCheckpoint checkpoint(WordFolder folder, CountCheckpoint now) throws IOException {
    for (Worker worker : idle) {
      spill(folder, worker.table());
    }
    if (now.complete()) {
      folder.merge(1);
    } else if (folder.runs().size() > MANY_RUNS) {
      folder.merge(MANY_RUNS / 2);
    }
    CountCheckpoint safe = now.withRuns(folder.runs());
    safe.write(folder.path());
    // Only now is nobody in need of the runs that were merged.
    folder.forgetMerged();
    return safe;
  }

  private CountCheckpoint finish(CountCheckpoint last) throws IOException {
    var workers = new ArrayList<>(idle);
    if (folder != null && settings.checkpointBytes() > 0) {
      last = checkpoint(folder, last);
      workers.forEach(worker -> worker.table().release());
      return last;
    }
    // The first table takes the others' words; it spills where they are too many.
    WordTable first = workers.getFirst().table();
    for (Worker other : workers.subList(1, workers.size())) {
      first.addAll(other.table());
      other.table().release();
    }
    if (folder != null && !folder.runs().isEmpty()) {
      spill(folder, first);
      first.release();
      folder.merge(1);
      folder.forgetMerged();
    }
    return last;
  }
}
