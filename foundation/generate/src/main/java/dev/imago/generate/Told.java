package dev.imago.generate;

/// Which probabilities a request is told beside its tokens.
///
/// @param likeliest how many of the likeliest tokens at each place, 0 … 20; −1 where nothing is
///   told, not of the chosen token either
/// @param prompt whether the prompt's tokens are told too, each as an [Event.PromptToken]: its
///   whole prompt is computed then, cached or not
public record Told(int likeliest, boolean prompt) {
  /// Nothing.
  public static final Told NOTHING = new Told(-1, false);

  public Told {
    SamplingBounds.within("likeliest", likeliest, -1, LogProbabilities.MOST);
    if (prompt && likeliest < 0) {
      throw new IllegalArgumentException(
          "a prompt's probabilities are told with the answer's; set likeliest to 0 or more");
    }
  }

  /// Of the answer's tokens.
  public static Told ofAnswer(int likeliest) {
    return new Told(likeliest, false);
  }

  boolean any() {
    return likeliest >= 0;
  }
}
