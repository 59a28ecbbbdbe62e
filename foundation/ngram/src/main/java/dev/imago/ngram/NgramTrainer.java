package dev.imago.ngram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts sentences, and makes a model of them.
///
/// ```java
/// var words = new WordIds();
/// try (var trainer = new NgramTrainer(NgramSettings.of(5), words, Path.of("scratch"))) {
///   trainer.add(words.add("the"), words.add("cat"));
///   trainer.write(Path.of("cat.ngram"));
/// }
/// ```
///
/// What does not fit into the memory of the settings lies in the folder as sorted runs, which are
/// removed when all is done. A [#resumable] one leaves them there when it is closed or killed
/// before, with a journal: the next one, given the same sentences, passes over those that were
/// counted. Not thread-safe.
public final class NgramTrainer implements AutoCloseable {
  private final NgramSettings settings;
  private final NgramWords words;
  private final Path folder;
  private final NgramCounter counter;
  private boolean written;

  /// What came out.
  ///
  /// @param words that were counted, each sentence's end among them
  /// @param usualDiscounts orders with too few counts for discounts of their own: they have 0.5, 1
  ///   and 1.5
  public record Result(long words, List<Integer> usualDiscounts) {
    public Result {
      usualDiscounts = List.copyOf(usualDiscounts);
    }
  }

  /// @param words may grow while sentences are added
  /// @param folder for what does not fit into memory; it is made
  public NgramTrainer(NgramSettings settings, NgramWords words, Path folder) {
    this(settings, words, folder, null);
  }

  private NgramTrainer(
      NgramSettings settings, NgramWords words, Path folder, @Nullable CountJournal journal) {
    this.settings = settings;
    this.words = words;
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.counter =
        new NgramCounter(
            settings.order(), words.begin(), words.end(), settings.memoryBytes(), folder, journal);
  }

  /// One that goes on from the runs in the folder, where an earlier one with the same order and
  /// memory was killed, and leaves its own there until a model is written.
  public static NgramTrainer resumable(NgramSettings settings, NgramWords words, Path folder) {
    String same =
        "imago counts 1: order %d, %d bytes, <s> %d, </s> %d"
            .formatted(settings.order(), settings.memoryBytes(), words.begin(), words.end());
    return new NgramTrainer(settings, words, folder, new CountJournal(folder, same));
  }

  /// Sentences that were counted before, and are passed over now; 0 where it begins anew.
  public long resumed() {
    return counter.resumed();
  }

  /// Counts one sentence, without `<s>` and `</s>`.
  public void add(int... ids) {
    for (int id : ids) {
      if (id < 0 || id >= words.size() || id == words.begin()) {
        throw new IllegalArgumentException(
            "id = %d is no word of a vocabulary of %d".formatted(id, words.size()));
      }
    }
    counter.add(ids, 0, ids.length);
  }

  /// Words counted so far, each sentence's end among them.
  public long words() {
    return counter.words();
  }

  /// Writes the model: once.
  ///
  /// @throws IllegalArgumentException where no sentence was added
  public Result write(Path file) {
    if (written) {
      throw new IllegalStateException("a trainer writes one model");
    }
    if (counter.words() == 0) {
      throw new IllegalArgumentException(
          "there is no sentence to count; give a text of a line at least");
    }
    written = true;
    try (RecordCursor counted = counter.sorted();
        var estimation = new Estimation(settings, words, folder)) {
      var result = new Result(counter.words(), estimation.write(counted, file));
      counter.done();
      return result;
    }
  }

  @Override
  public void close() {
    counter.close();
  }
}
