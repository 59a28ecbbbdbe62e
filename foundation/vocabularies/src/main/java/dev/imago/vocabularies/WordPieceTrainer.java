package dev.imago.vocabularies;

import java.util.List;
import java.util.OptionalInt;

/// Trains a WordPiece vocabulary as Hugging Face's `WordPieceTrainer` does: byte pair encoding's
/// merges over characters, of which the tokens are kept and the merges are not.
///
/// The ids of continuing characters, and with them the choice among equally frequent pairs, are
/// left to a hash map there and change from run to run; here they follow the characters' order.
public final class WordPieceTrainer {
  /// What a vocabulary is to be; see [BpeTrainer.Settings] for what the fields mean.
  ///
  /// @param unkToken what a word becomes that no tokens spell; it should be a special token
  public record Settings(
      int vocabularySize,
      long minimumFrequency,
      List<String> specialTokens,
      OptionalInt limitAlphabet,
      String initialAlphabet,
      String continuingSubwordPrefix,
      String unkToken)
      implements TrainerSettings {
    public Settings {
      specialTokens = List.copyOf(specialTokens);
      TrainerChecks.vocabularySize(vocabularySize, specialTokens);
      TrainerChecks.minimumFrequency(minimumFrequency);
      TrainerChecks.specialTokens(specialTokens);
      limitAlphabet.ifPresent(limit -> TrainerChecks.positive("limitAlphabet", limit, 1000));
      TrainerChecks.wellFormed("initialAlphabet", initialAlphabet);
      TrainerChecks.wellFormed("continuingSubwordPrefix", continuingSubwordPrefix);
    }

    /// BERT's: its five special tokens, `##`, at most 1,000 characters, a pair that occurs twice.
    public static Settings of(int vocabularySize) {
      return new Settings(
          vocabularySize,
          2,
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
          OptionalInt.of(1000),
          "",
          "##",
          "[UNK]");
    }

    public Settings minimumFrequency(long frequency) {
      return new Settings(
          vocabularySize,
          frequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          continuingSubwordPrefix,
          unkToken);
    }

    public Settings specialTokens(List<String> tokens) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          tokens,
          limitAlphabet,
          initialAlphabet,
          continuingSubwordPrefix,
          unkToken);
    }

    public Settings limitAlphabet(int limit) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          OptionalInt.of(limit),
          initialAlphabet,
          continuingSubwordPrefix,
          unkToken);
    }

    public Settings initialAlphabet(String characters) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          characters,
          continuingSubwordPrefix,
          unkToken);
    }

    public Settings continuingSubwordPrefix(String prefix) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          prefix,
          unkToken);
    }

    public Settings unkToken(String token) {
      return new Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          continuingSubwordPrefix,
          token);
    }

    private BpeTrainer.Settings merging() {
      return new BpeTrainer.Settings(
          vocabularySize,
          minimumFrequency,
          specialTokens,
          limitAlphabet,
          initialAlphabet,
          OptionalInt.empty(),
          continuingSubwordPrefix,
          "");
    }
  }

  private WordPieceTrainer() {}

  /// Trains on counted words.
  ///
  /// @throws IllegalArgumentException when the words are bytes, or the vocabulary is too small for
  ///   the characters
  public static TrainedVocabulary.WordPiece train(
      Settings settings, WordCounts words, TrainingProgress progress) throws InterruptedException {
    words.needCharacters("WordPiece");
    TrainedVocabulary.Bpe merged = BpeTrainer.train(settings.merging(), words, progress);
    return new TrainedVocabulary.WordPiece(
        merged.tokens(),
        settings.specialTokens(),
        settings.continuingSubwordPrefix(),
        settings.unkToken(),
        words.split());
  }
}
