package dev.imago.ngram;

import java.util.Arrays;

/// What a sentence took.
///
/// @param log10 p of each word, and of `</s>` last
/// @param lengths of the n-gram that was found for each; 0 where the word is not known
public record SentenceScore(double[] log10, int[] lengths) {
  /// log₁₀ p of the sentence.
  public double sum() {
    return Arrays.stream(log10).sum();
  }

  /// Words that are not known.
  public int unknown() {
    return (int) Arrays.stream(lengths).filter(n -> n == 0).count();
  }

  /// log₁₀ p without the words that are not known.
  public double knownSum() {
    double sum = 0;
    for (int i = 0; i < log10.length; i++) {
      sum += lengths[i] == 0 ? 0 : log10[i];
    }
    return sum;
  }
}
