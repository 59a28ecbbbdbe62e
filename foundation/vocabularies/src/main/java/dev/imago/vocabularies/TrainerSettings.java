package dev.imago.vocabularies;

import java.util.List;

/// What a vocabulary is to be, for one of the trainers.
public sealed interface TrainerSettings
    permits BpeTrainer.Settings,
        WordPieceTrainer.Settings,
        UnigramTrainer.Settings,
        WordLevelTrainer.Settings {
  /// Tokens in all, special ones too.
  int vocabularySize();

  /// They come first.
  List<String> specialTokens();

  /// Trains on counted words.
  ///
  /// @throws IllegalArgumentException when the trainer does not take words cut so, or the
  ///   vocabulary is too small for the characters
  default TrainedVocabulary train(WordCounts words, TrainingProgress progress)
      throws InterruptedException {
    return switch (this) {
      case BpeTrainer.Settings s -> BpeTrainer.train(s, words, progress);
      case WordPieceTrainer.Settings s -> WordPieceTrainer.train(s, words, progress);
      case UnigramTrainer.Settings s -> UnigramTrainer.train(s, words, progress);
      case WordLevelTrainer.Settings s -> WordLevelTrainer.train(s, words, progress);
    };
  }
}
