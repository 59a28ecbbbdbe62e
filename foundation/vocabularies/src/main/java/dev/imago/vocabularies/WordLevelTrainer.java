package dev.imago.vocabularies;

import dev.imago.vocabularies.learning.LanguageWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes the most frequent words as they are, as Hugging Face's `WordLevelTrainer` does: of equally
/// frequent ones the first by its bytes.
///
/// As there, a special token that the texts hold as a word too has the word's id, and the id that
/// it had among the special tokens is nobody's.
public final class WordLevelTrainer {
  /// What a vocabulary is to be.
  ///
  /// @param vocabularySize tokens in all, special ones too
  /// @param minimumFrequency a word that occurs less often is left out
  /// @param specialTokens they come first
  /// @param unkToken what other words become; it should be a special token
  public record Settings(
      int vocabularySize, long minimumFrequency, List<String> specialTokens, String unkToken)
      implements TrainerSettings {
    public Settings {
      specialTokens = List.copyOf(specialTokens);
      TrainerChecks.vocabularySize(vocabularySize, specialTokens);
      TrainerChecks.minimumFrequency(minimumFrequency);
      TrainerChecks.specialTokens(specialTokens);
    }

    /// The usual: `<unk>`, and any word.
    public static Settings of(int vocabularySize) {
      return new Settings(vocabularySize, 0, List.of("<unk>"), "<unk>");
    }

    public Settings minimumFrequency(long frequency) {
      return new Settings(vocabularySize, frequency, specialTokens, unkToken);
    }

    public Settings specialTokens(List<String> tokens) {
      return new Settings(vocabularySize, minimumFrequency, tokens, unkToken);
    }

    public Settings unkToken(String token) {
      return new Settings(vocabularySize, minimumFrequency, specialTokens, token);
    }
  }

  private WordLevelTrainer() {}

  /// Trains on counted words.
  ///
  /// @throws IllegalArgumentException when the words are bytes
  public static TrainedVocabulary.WordLevel train(
      Settings settings, WordCounts words, TrainingProgress progress) {
    words.needCharacters("WordLevel");
    var tokens = new ArrayList<@Nullable String>(settings.specialTokens());
    Map<String, Integer> special = new HashMap<>();
    for (String token : settings.specialTokens()) {
      special.put(token, special.size());
    }
    int more = settings.vocabularySize() - tokens.size();
    for (String word : LanguageWords.of(words.words(), more, settings.minimumFrequency())) {
      Integer taken = special.get(word);
      if (taken != null) {
        tokens.set(taken, null);
      }
      tokens.add(word);
    }
    progress.learned(tokens.size());
    return new TrainedVocabulary.WordLevel(
        tokens, settings.specialTokens(), settings.unkToken(), words.split());
  }
}
