package dev.imago.vocabularies;

import dev.imago.vocabularies.learning.CountedWords;
import dev.imago.vocabularies.learning.WordCounter;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/// The distinct words of texts with how often each occurs, 64-bit: what every trainer learns from.
/// Counted once, several vocabularies can be learned from them.
///
/// ```java
/// var split = WordSplit.bytes(SplitPattern.QWEN2);
/// try (var words = WordCounts.of(texts, split, Counting.in(folder), TrainingProgress.NONE)) {
///   Tokenizer small = BpeTrainer.train(BpeTrainer.Settings.of(4096), words, progress).tokenizer();
///   Tokenizer large = BpeTrainer.train(BpeTrainer.Settings.of(65536), words, progress).tokenizer();
/// }
/// ```
///
/// They depend neither on threads, nor on memory, nor on the texts' order. Closing deletes what
/// lies on disk, unless checkpoints were asked for.
public final class WordCounts implements AutoCloseable {
  private final WordSplit split;
  private final WordCounter.Counted counted;

  private WordCounts(WordSplit split, WordCounter.Counted counted) {
    this.split = split;
    this.counted = counted;
  }

  /// Counts the words of texts, which are taken one by one.
  ///
  /// @throws InterruptedException when the thread is interrupted; a last checkpoint stays
  /// @throws java.io.UncheckedIOException when the folder cannot be written
  /// @throws IllegalArgumentException when the folder holds checkpoints of other texts, or of
  ///   another split
  public static WordCounts of(
      Iterator<String> texts, WordSplit split, Counting counting, TrainingProgress progress)
      throws InterruptedException {
    return new WordCounts(
        split,
        WordCounter.count(
            texts,
            WordCutters.of(split),
            split.description(),
            settings(counting),
            progress::counted));
  }

  /// Counts the words of files, every line with its end a text, as Hugging Face's trainers read
  /// files.
  ///
  /// @throws InterruptedException when the thread is interrupted; a last checkpoint stays
  /// @throws java.io.UncheckedIOException when a file cannot be read, or the folder cannot be
  ///   written; of a [java.io.CharConversionException] when a file holds what is not UTF-8
  /// @throws IllegalArgumentException when the folder holds checkpoints of other texts, or of
  ///   another split
  public static WordCounts ofLines(
      List<Path> files, WordSplit split, Counting counting, TrainingProgress progress)
      throws InterruptedException {
    return new WordCounts(
        split,
        WordCounter.countLines(
            files,
            WordCutters.of(split),
            split.description(),
            settings(counting),
            progress::counted));
  }

  /// Counts the words of a stream's lines, as [#ofLines(List, WordSplit, Counting,
  /// TrainingProgress)] does those of a file. Does not close it.
  ///
  /// @param name of the stream, for messages
  public static WordCounts ofLines(
      InputStream in, String name, WordSplit split, Counting counting, TrainingProgress progress)
      throws InterruptedException {
    return new WordCounts(
        split,
        WordCounter.countLines(
            in,
            name,
            WordCutters.of(split),
            split.description(),
            settings(counting),
            progress::counted));
  }

  private static WordCounter.Settings settings(Counting counting) {
    return new WordCounter.Settings(
        counting.threads(),
        counting.memoryBytes(),
        counting.folder().orElse(null),
        counting.checkpointBytes());
  }

  /// The same without the words that occur less often than `least` times: less memory and time to
  /// learn from, at the price of pairs that only rare words hold. Shares what this one closes.
  public WordCounts withoutRarerThan(long least) {
    return new WordCounts(split, counted.withWords(counted.words().atLeast(least)));
  }

  /// How many distinct words there are, those left out too.
  public long distinct() {
    return counted.words().distinct();
  }

  /// How many texts were counted; for files, how many blocks of about a megabyte.
  public long texts() {
    return counted.texts();
  }

  /// How many bytes of UTF-8 the texts had.
  public long bytes() {
    return counted.bytes();
  }

  /// How the words were cut.
  public WordSplit split() {
    return split;
  }

  CountedWords words() {
    return counted.words();
  }

  void needCharacters(String what) {
    if (split instanceof WordSplit.Bytes) {
      throw new IllegalArgumentException(
          what + " is learned from characters; count the words with WordSplit.characters(…)");
    }
  }

  @Override
  public void close() {
    counted.delete();
  }
}
