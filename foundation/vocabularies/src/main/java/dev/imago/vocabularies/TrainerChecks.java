package dev.imago.vocabularies;

import java.util.HashSet;
import java.util.List;

/// What the settings of all trainers must be.
final class TrainerChecks {
  private static final int MAX_VOCABULARY = 1 << 24;

  private TrainerChecks() {}

  static void vocabularySize(int vocabularySize, List<String> specialTokens) {
    int least = Math.max(1, specialTokens.size());
    if (vocabularySize < least || vocabularySize > MAX_VOCABULARY) {
      throw new IllegalArgumentException(
          "vocabularySize = %d is not in %d … %d; 32768 is usual for byte-level BPE, 8000 to 32000 for the others"
              .formatted(vocabularySize, least, MAX_VOCABULARY));
    }
  }

  static void minimumFrequency(long minimumFrequency) {
    if (minimumFrequency < 0) {
      throw new IllegalArgumentException(
          "minimumFrequency = " + minimumFrequency + " is negative; 0 takes whatever there is");
    }
  }

  static void specialTokens(List<String> specialTokens) {
    var seen = new HashSet<String>();
    for (String token : specialTokens) {
      if (token.isEmpty()) {
        throw new IllegalArgumentException(
            "specialTokens = " + specialTokens + " holds an empty one; leave it out");
      }
      if (!seen.add(token)) {
        throw new IllegalArgumentException(
            "specialTokens = %s names «%s» twice; leave one out".formatted(specialTokens, token));
      }
      wellFormed("the special token", token);
    }
  }

  static void unkToken(String token) {
    if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException(
          "unkToken = «%s» is empty or has a blank in it; <unk> is usual".formatted(token));
    }
    wellFormed("unkToken", token);
  }

  /// Refuses halves of characters, which no file can hold.
  static void wellFormed(String what, String text) {
    if (text.codePoints().anyMatch(c -> c >= 0xd800 && c < 0xe000)) {
      throw new IllegalArgumentException(
          "%s «%s» holds half a character (an unpaired surrogate); leave it out"
              .formatted(what, text));
    }
  }

  static void positive(String name, int value, int usual) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "%s = %d is below 1; %d is usual".formatted(name, value, usual));
    }
  }
}
