package dev.imago.tune;

import dev.imago.core.ConfigException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Tokens that the vocabulary lacks, under LLaMA-Factory's names.
///
/// @param addTokens that stand in texts and answers, as `<tool>`: added to the tokenizer, and rows
///   for them to the model; with an adapter these rows train beside
/// @param addSpecialTokens control tokens, as a chat template's `<|im_start|>`: what a user writes
///   never becomes one, and no answer shows them
/// @param newRows as what their rows begin
public record VocabularyGrowth(
    List<String> addTokens, List<String> addSpecialTokens, Beginning newRows) {
  /// The vocabulary stays as it is.
  public static final VocabularyGrowth NONE =
      new VocabularyGrowth(List.of(), List.of(), Beginning.MEAN);

  private static final int LONGEST = 200;

  /// As what rows of new tokens begin.
  public enum Beginning {
    /// The mean of all rows, as of transformers.
    MEAN,
    /// The mean of the tokens that it was written by before.
    PIECES
  }

  public VocabularyGrowth {
    addTokens = List.copyOf(addTokens);
    addSpecialTokens = List.copyOf(addSpecialTokens);
    Set<String> once = new HashSet<>();
    check("addTokens", addTokens, once);
    check("addSpecialTokens", addSpecialTokens, once);
    if (once.isEmpty() && newRows != Beginning.MEAN) {
      throw new ConfigException(
          "newRows = %s is of tokens that are added, and none are; give addTokens, or leave it out"
              .formatted(newRows.name().toLowerCase(Locale.ROOT)));
    }
  }

  private static void check(String name, List<String> tokens, Set<String> once) {
    for (String token : tokens) {
      if (token.isBlank() || token.length() > LONGEST) {
        throw new ConfigException(
            "%s = «%s» is blank, or longer than %d characters; a token is a short text, as <tool>"
                .formatted(name, token.strip(), LONGEST));
      }
      if (!once.add(token)) {
        throw new ConfigException(
            "%s = «%s» stands in addTokens and addSpecialTokens twice; name it once"
                .formatted(name, token));
      }
    }
  }

  boolean none() {
    return addTokens.isEmpty() && addSpecialTokens.isEmpty();
  }
}
