package dev.imago.vocabularies;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.vocabularies.learning.Alphabet;
import dev.imago.vocabularies.learning.MergeTrainer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Trains byte pair encoding: the vocabulary and merges that Hugging Face's `BpeTrainer` 0.23 gives
/// for the same texts, split and settings. Sennrich et al. 2016, arXiv:1508.07909.
///
/// ```java
/// Tokenizer tokenizer = BpeTrainer.train(BpeTrainer.Settings.of(4096), texts, TrainingProgress.NONE);
/// Files.write(Path.of("tokenizer.json"), tokenizer.toJson());
/// ```
///
/// Where words are bytes ([WordSplit.Bytes]), all 256 are in the vocabulary. The result depends
/// neither on the number of threads, nor on memory, nor on the texts' order. Hugging Face's does,
/// in two places, and ours then has an order of its own: characters that are equally frequent at
/// the bound of [Settings#limitAlphabet] (ours keeps the first by code point), and the ids of forms
/// with a prefix or suffix (ours follow the characters). Its counts are 32-bit where ours are
/// 64-bit.
public final class BpeTrainer {
  /// Ends a document.
  public static final String END_OF_TEXT = "<|endoftext|>";

  /// Starts a turn of a conversation, in ChatML.
  public static final String TURN_START = "<|im_start|>";

  /// Ends a turn of a conversation, in ChatML.
  public static final String TURN_END = "<|im_end|>";

  /// What a vocabulary is to be.
  ///
  /// @param vocabularySize tokens in all, special ones too; texts that hold too few pairs give
  ///   fewer
  /// @param minimumFrequency a pair that occurs less often is not merged
  /// @param specialTokens they get the ids 0, 1, 2 …
  /// @param limitAlphabet the most characters to begin with, the most frequent ones; others are
  ///   left out of the texts. Not where words are bytes.
  /// @param initialAlphabet characters that are in the vocabulary whether or not they occur
  /// @param maxTokenLength tokens of three characters and more are shorter than this: Hugging
  ///   Face's rule, by which a bound of 5 gives tokens of 4 characters at most
  /// @param continuingSubwordPrefix what tokens inside a word start with; empty for nothing
  /// @param endOfWordSuffix what tokens at a word's end end with; empty for nothing
  public record Settings(
      int vocabularySize,
      long minimumFrequency,
      List<String> specialTokens,
      OptionalInt limitAlphabet,
      String initialAlphabet,
      OptionalInt maxTokenLength,
      String continuingSubwordPrefix,
      String endOfWordSuffix)
      implements TrainerSettings {
    public Settings {
      specialTokens = List.copyOf(specialTokens);
      TrainerChecks.vocabularySize(vocabularySize, specialTokens);
      TrainerChecks.minimumFrequency(minimumFrequency);
      TrainerChecks.specialTokens(specialTokens);
      limitAlphabet.ifPresent(limit -> TrainerChecks.positive("limitAlphabet", limit, 1000));
      maxTokenLength.ifPresent(length -> TrainerChecks.positive("maxTokenLength", length, 16));
      TrainerChecks.wellFormed("initialAlphabet", initialAlphabet);
      TrainerChecks.wellFormed("continuingSubwordPrefix", continuingSubwordPrefix);
      TrainerChecks.wellFormed("endOfWordSuffix", endOfWordSuffix);
    }

    /// The usual: ChatML's special tokens, any pair.
    public static Settings of(int vocabularySize) {
      return new Settings(
          vocabularySize,
          0,
          List.of(END_OF_TEXT, TURN_START, TURN_END),
          OptionalInt.empty(),
          "",
          OptionalInt.empty(),
          "",
          "");
    }

    public Settings minimumFrequency(long frequency) {
      return new Settings(
          vocabularySize,
          frequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          maxTokenLength,
          continuingSubwordPrefix,
          endOfWordSuffix);
    }

    public Settings specialTokens(List<String> tokens) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          tokens,
          limitAlphabet,
          initialAlphabet,
          maxTokenLength,
          continuingSubwordPrefix,
          endOfWordSuffix);
    }

    public Settings limitAlphabet(int limit) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          OptionalInt.of(limit),
          initialAlphabet,
          maxTokenLength,
          continuingSubwordPrefix,
          endOfWordSuffix);
    }

    public Settings initialAlphabet(String characters) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          characters,
          maxTokenLength,
          continuingSubwordPrefix,
          endOfWordSuffix);
    }

    public Settings maxTokenLength(int length) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          OptionalInt.of(length),
          continuingSubwordPrefix,
          endOfWordSuffix);
    }

    public Settings continuingSubwordPrefix(String prefix) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          maxTokenLength,
          prefix,
          endOfWordSuffix);
    }

    public Settings endOfWordSuffix(String suffix) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          maxTokenLength,
          continuingSubwordPrefix,
          suffix);
    }
  }

  private BpeTrainer() {}

  /// Trains a byte-level tokenizer with the pattern that we train with, in memory.
  public static Tokenizer train(
      Settings settings, Iterator<String> texts, TrainingProgress progress)
      throws InterruptedException {
    return train(settings, SplitPattern.QWEN2, texts, Counting.inMemory(), progress);
  }

  /// Trains a byte-level tokenizer on texts, which are taken one by one.
  public static Tokenizer train(
      Settings settings,
      SplitPattern pattern,
      Iterator<String> texts,
      Counting counting,
      TrainingProgress progress)
      throws InterruptedException {
    checkBytes(settings);
    try (var words = WordCounts.of(texts, WordSplit.bytes(pattern), counting, progress)) {
      return train(settings, words, progress).tokenizer();
    }
  }

  /// Trains on counted words.
  ///
  /// @throws IllegalArgumentException when the vocabulary is too small for the characters
  public static TrainedVocabulary.Bpe train(
      Settings settings, WordCounts words, TrainingProgress progress) throws InterruptedException {
    var alphabet = new Alphabet(words.words(), alphabet(settings, words.split()));
    List<String> first = alphabet.tokens();
    if (first.size() > settings.vocabularySize()) {
      throw new IllegalArgumentException(
          "vocabularySize = %d is below the %d special tokens and characters to begin with; raise it, or set limitAlphabet"
              .formatted(settings.vocabularySize(), first.size()));
    }
    var trainer =
        new MergeTrainer(
            words.words(),
            alphabet,
            settings.vocabularySize(),
            settings.maxTokenLength().orElse(Integer.MAX_VALUE));
    trainer.run(settings.vocabularySize(), settings.minimumFrequency(), progress::learned);
    return new TrainedVocabulary.Bpe(
        List.copyOf(trainer.tokens()),
        ranked(trainer.merges()),
        settings.specialTokens(),
        settings.continuingSubwordPrefix(),
        settings.endOfWordSuffix(),
        words.split());
  }

  private static List<BpeModel.Merge> ranked(List<MergeTrainer.Merge> merges) {
    var ranked = new ArrayList<BpeModel.Merge>(merges.size());
    for (MergeTrainer.Merge m : merges) {
      ranked.add(new BpeModel.Merge(m.left(), m.right(), m.merged(), ranked.size()));
    }
    return ranked;
  }

  private static Alphabet.Settings alphabet(Settings settings, WordSplit split) {
    Set<Integer> initial =
        settings.initialAlphabet().codePoints().boxed().collect(Collectors.toSet());
    char @Nullable [] bytes = WordCutters.byteSpelling(split);
    if (bytes != null) {
      checkBytes(settings);
      initial = new HashSet<>(initial);
      for (char c : bytes) {
        initial.add((int) c);
      }
    }
    return new Alphabet.Settings(
        settings.specialTokens(),
        initial,
        settings.limitAlphabet().orElse(Integer.MAX_VALUE),
        settings.continuingSubwordPrefix(),
        settings.endOfWordSuffix(),
        bytes);
  }

  private static void checkBytes(Settings settings) {
    int least = 256 + settings.specialTokens().size();
    if (settings.vocabularySize() < least) {
      throw new IllegalArgumentException(
          "vocabularySize = %d is below %d: the 256 bytes and %d special tokens come first"
              .formatted(settings.vocabularySize(), least, settings.specialTokens().size()));
    }
    if (settings.limitAlphabet().isPresent()) {
      throw new IllegalArgumentException(
          "limitAlphabet = %d does not go with bytes, of which all 256 are kept; leave it out"
              .formatted(settings.limitAlphabet().getAsInt()));
    }
    for (String token : settings.specialTokens()) {
      if (ByteLevel.bytesOrNull(token) == null || token.length() == 1) {
        throw new IllegalArgumentException(
            "the special token «%s» must have two characters or more, printable and without blanks"
                .formatted(token));
      }
    }
  }
}
