package dev.imago.text;

import dev.imago.text.bytelevel.ByteLevel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/// Trains a byte-level BPE tokenizer: the vocabulary and merges that Hugging Face's `BpeTrainer`
/// gives for the same texts, pattern and settings, with all 256 bytes as the initial alphabet.
///
/// ```java
/// Tokenizer tokenizer = BpeTrainer.train(BpeTrainer.Settings.of(4096), texts, Progress.NONE);
/// Files.write(Path.of("tokenizer.json"), tokenizer.toJson());
/// ```
///
/// The result depends neither on the number of threads nor on the texts' order. Memory grows with
/// the number of distinct words, not with the length of the texts: about 400 MB of heap for 100 MB
/// of Java source.
public final class BpeTrainer {
  /// Ends a document.
  public static final String END_OF_TEXT = "<|endoftext|>";

  /// Starts a turn of a conversation, in ChatML.
  public static final String TURN_START = "<|im_start|>";

  /// Ends a turn of a conversation, in ChatML.
  public static final String TURN_END = "<|im_end|>";

  /// What a tokenizer is to be.
  ///
  /// @param vocabularySize tokens in all, special ones too; texts that hold too few pairs give
  ///   fewer
  /// @param minimumFrequency a pair that occurs less often is not merged
  /// @param specialTokens they get the ids 0, 1, 2 …
  /// @param pattern where text is cut before pairs are merged
  /// @param threads how many threads count words
  public record Settings(
      int vocabularySize,
      long minimumFrequency,
      List<String> specialTokens,
      SplitPattern pattern,
      int threads) {
    private static final int MAX_VOCABULARY = 1 << 24;

    public Settings {
      specialTokens = List.copyOf(specialTokens);
      int least = 256 + specialTokens.size();
      if (vocabularySize < least || vocabularySize > MAX_VOCABULARY) {
        throw new IllegalArgumentException(
            "vocabularySize = %d is not in %d … %d: the 256 bytes and %d special tokens come first"
                .formatted(vocabularySize, least, MAX_VOCABULARY, specialTokens.size()));
      }
      if (minimumFrequency < 0) {
        throw new IllegalArgumentException(
            "minimumFrequency = " + minimumFrequency + " is negative; 0 merges any pair");
      }
      if (threads < 1) {
        throw new IllegalArgumentException("threads = " + threads + "; at least 1 is needed");
      }
      if (Set.copyOf(specialTokens).size() != specialTokens.size()) {
        throw new IllegalArgumentException(
            "specialTokens = " + specialTokens + " names one twice; leave one out");
      }
      for (String token : specialTokens) {
        if (token.isEmpty() || ByteLevel.bytesOrNull(token) == null || token.length() == 1) {
          throw new IllegalArgumentException(
              "the special token «%s» must have two characters or more, printable and without blanks"
                  .formatted(token));
        }
      }
    }

    /// The usual: ChatML's special tokens, [SplitPattern#QWEN2], any pair, all processors.
    public static Settings of(int vocabularySize) {
      return new Settings(
          vocabularySize,
          0,
          List.of(END_OF_TEXT, TURN_START, TURN_END),
          SplitPattern.QWEN2,
          Runtime.getRuntime().availableProcessors());
    }
  }

  /// Is told how far training is.
  public interface Progress {
    /// More UTF-8 bytes were counted. Called from several threads.
    void counted(long bytes);

    /// There are `tokens` tokens now.
    void merged(int tokens);

    /// Listens to nothing.
    Progress NONE =
        new Progress() {
          @Override
          public void counted(long bytes) {}

          @Override
          public void merged(int tokens) {}
        };
  }

  private BpeTrainer() {}

  /// Trains on texts, which are taken one by one.
  public static Tokenizer train(Settings settings, Iterator<String> texts, Progress progress)
      throws InterruptedException {
    WordCounts words =
        WordCounts.of(texts, settings.pattern(), settings.threads(), progress::counted);
    var trainer = new MergeTrainer(words, settings.specialTokens());
    trainer.run(settings.vocabularySize(), settings.minimumFrequency(), progress::merged);
    var special = new ArrayList<AddedToken>();
    for (int id = 0; id < settings.specialTokens().size(); id++) {
      special.add(AddedToken.control(id, settings.specialTokens().get(id)));
    }
    return new Tokenizer(
        new Normalizer.None(),
        settings.pattern(),
        List.copyOf(trainer.tokens()),
        trainer.merges(),
        special,
        false);
  }
}
