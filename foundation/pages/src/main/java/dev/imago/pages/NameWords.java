package dev.imago.pages;

import java.util.ArrayList;
import java.util.List;

/// Whether a text has one of some words anywhere, told apart by their first letters: a tenth of the
/// time of a pattern of alternatives.
final class NameWords {
  private static final int LETTERS = 128;

  private final List<List<String>> byLetter = new ArrayList<>();

  /// @param words apart by blanks
  NameWords(String words) {
    for (int i = 0; i < LETTERS; i++) {
      byLetter.add(new ArrayList<>());
    }
    for (String word : words.split(" ")) {
      byLetter.get(word.charAt(0) % LETTERS).add(word);
    }
  }

  boolean in(String text) {
    for (int i = 0; i < text.length(); i++) {
      List<String> candidates = byLetter.get(text.charAt(i) % LETTERS);
      for (int k = 0; k < candidates.size(); k++) {
        if (text.startsWith(candidates.get(k), i)) {
          return true;
        }
      }
    }
    return false;
  }
}
