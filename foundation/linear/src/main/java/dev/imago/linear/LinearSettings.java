package dev.imago.linear;

/// What is learned, and from which features.
///
/// @param words the longest n-gram of words, 0 … 5; an ideograph is a word
/// @param shortest n-gram of characters, 1 … 10
/// @param longest n-gram of characters, up to 10; 0 for none
/// @param minimumTexts features in fewer texts are left out
/// @param cost C, what an error costs beside the penalty: above 0
/// @param penalty of weights; L1 of logistic regression alone
public record LinearSettings(
    LinearKind kind,
    int words,
    int shortest,
    int longest,
    int minimumTexts,
    double cost,
    Penalty penalty) {
  private static final int MOST_WORDS = 5;
  private static final int MOST_CHARACTERS = 10;

  public LinearSettings {
    if (words < 0 || words > MOST_WORDS) {
      throw new IllegalArgumentException(
          "n-grams of words = %d are outside 0 … %d; 2 is usual".formatted(words, MOST_WORDS));
    }
    if (longest < 0
        || longest > MOST_CHARACTERS
        || longest > 0 && (shortest < 1 || shortest > longest)) {
      throw new IllegalArgumentException(
          "n-grams of characters = %d … %d are outside 1 … %d; 2 … 5 are usual, 0 is none"
              .formatted(shortest, longest, MOST_CHARACTERS));
    }
    if (words == 0 && longest == 0) {
      throw new IllegalArgumentException(
          "there are no features: give n-grams of words or of characters");
    }
    if (minimumTexts < 1) {
      throw new IllegalArgumentException(
          "minimum texts = %d is below 1; 1 keeps every feature".formatted(minimumTexts));
    }
    if (!(cost > 0 && cost <= 1e6)) {
      throw new IllegalArgumentException(
          "cost = %s is not above 0 and at most 1000000; 0.1 to 10 are usual".formatted(cost));
    }
    if (penalty == Penalty.L1 && kind != LinearKind.LOGISTIC) {
      throw new IllegalArgumentException(
          "penalty = l1 is for logistic regression; take kind = logistic, or leave it out");
    }
  }

  /// With squares of weights as the penalty.
  public LinearSettings(
      LinearKind kind, int words, int shortest, int longest, int minimumTexts, double cost) {
    this(kind, words, shortest, longest, minimumTexts, cost, Penalty.L2);
  }

  /// The usual ones of a kind: words and pairs of them.
  public static LinearSettings of(LinearKind kind) {
    return switch (kind) {
      case NB_SVM -> new LinearSettings(kind, 2, 1, 0, 1, 0.1);
      case LOGISTIC -> new LinearSettings(kind, 2, 1, 0, 1, 10);
    };
  }

  public LinearSettings words(int given) {
    return new LinearSettings(kind, given, shortest, longest, minimumTexts, cost, penalty);
  }

  public LinearSettings characters(int from, int to) {
    return new LinearSettings(kind, words, from, to, minimumTexts, cost, penalty);
  }

  public LinearSettings minimumTexts(int given) {
    return new LinearSettings(kind, words, shortest, longest, given, cost, penalty);
  }

  public LinearSettings cost(double given) {
    return new LinearSettings(kind, words, shortest, longest, minimumTexts, given, penalty);
  }

  public LinearSettings penalty(Penalty given) {
    return new LinearSettings(kind, words, shortest, longest, minimumTexts, cost, given);
  }
}
