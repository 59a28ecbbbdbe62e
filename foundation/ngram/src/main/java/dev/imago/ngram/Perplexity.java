package dev.imago.ngram;

/// 10 to the mean −log₁₀ p of a word, each sentence's end among them, over as many sentences as are
/// added. Not thread-safe.
public final class Perplexity {
  private double sum;
  private double known;
  private long words;
  private long unknown;
  private long sentences;

  public void add(SentenceScore score) {
    add(score.sum(), score.knownSum(), score.log10().length, score.unknown());
  }

  /// @param sum log₁₀ p of a sentence
  /// @param knownSum that of its known words
  /// @param ofWords its end among them
  public void add(double sum, double knownSum, int ofWords, int ofUnknown) {
    this.sum += sum;
    known += knownSum;
    words += ofWords;
    unknown += ofUnknown;
    sentences++;
  }

  public long sentences() {
    return sentences;
  }

  /// Words, each sentence's end among them.
  public long words() {
    return words;
  }

  public long unknown() {
    return unknown;
  }

  /// log₁₀ p of all.
  public double log10() {
    return sum;
  }

  /// Over all words, `<unk>` for those that are not known; NaN of none.
  public double all() {
    return Math.pow(10, -sum / words);
  }

  /// Over the known words alone.
  public double known() {
    return Math.pow(10, -known / (words - unknown));
  }
}
