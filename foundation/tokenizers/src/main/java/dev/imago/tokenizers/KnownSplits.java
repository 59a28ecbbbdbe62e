package dev.imago.tokenizers;

import dev.imago.tokenizers.pretokenizers.ByteLevelPreTokenizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells whether a pre-tokenizer does what a [SplitPattern] does, and makes the one that does.
final class KnownSplits {
  private KnownSplits() {}

  /// The pattern of a byte-level pre-tokenizer, where it is one that has a scanner.
  static Optional<SplitPattern> of(PreTokenizer preTokenizer) {
    return regexes(preTokenizer).flatMap(SplitPattern::ofRegexes);
  }

  /// The patterns of a byte-level pre-tokenizer, each of which cuts what the one before left; empty
  /// where it does more than that.
  static Optional<List<String>> regexes(PreTokenizer preTokenizer) {
    List<PreTokenizer> steps = preTokenizer.steps();
    if (steps.isEmpty()
        || !(steps.getLast() instanceof ByteLevelPreTokenizer byteLevel)
        || byteLevel.addPrefixSpace()) {
      return Optional.empty();
    }
    var regexes = new ArrayList<String>();
    for (PreTokenizer step : steps.subList(0, steps.size() - 1)) {
      Optional<String> regex = step.regex();
      if (regex.isEmpty()) {
        return Optional.empty();
      }
      regexes.add(regex.get());
    }
    if (byteLevel.useRegex()) {
      regexes.add(SplitPattern.GPT2.regex());
    }
    return Optional.of(regexes);
  }

  /// Whether tokens are spelt as bytes.
  static boolean isByteLevel(PreTokenizer preTokenizer) {
    return preTokenizer.steps().stream().anyMatch(step -> step instanceof ByteLevelPreTokenizer);
  }

  /// The pre-tokenizer of a pattern, as a `tokenizer.json` has it.
  static PreTokenizer preTokenizer(SplitPattern pattern) {
    if (pattern == SplitPattern.GPT2) {
      return new ByteLevelPreTokenizer(false, false, true);
    }
    return ByteLevelPreTokenizer.after(pattern.regexes());
  }
}
