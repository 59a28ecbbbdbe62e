package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;

/// Which tokens a model of masked tokens is to find.
///
/// @param share of the tokens, within 0 … 1. Of those that are chosen, eight of ten are masked, one
///   is another token, one stays. Devlin et al. 2018, arXiv:1810.04805
/// @param unit what is chosen together
/// @param spanWords the mean length of a span, in words, within 1 … 10; other units keep the usual
///   one
public record Masking(double share, Unit unit, double spanWords) {
  /// What is chosen together.
  public enum Unit {
    TOKEN,
    /// All tokens of a word. Cui et al. 2019, arXiv:1906.08101
    WORD,
    /// Words that follow each other, all masked, or changed, or kept. Joshi et al. 2019,
    /// arXiv:1907.10529
    SPAN
  }

  private static final double USUAL_SPAN = 3.8;

  public static final Masking USUAL = new Masking(0.15, Unit.TOKEN, USUAL_SPAN);

  public Masking {
    Bounds.number("share", share, 0.01, 0.9, "0.15 … 0.4 are usual");
    Bounds.number("spanWords", spanWords, 1, 10, "3.8 is usual");
    if (unit != Unit.SPAN && spanWords != USUAL_SPAN) {
      throw new ConfigException(
          "spanWords = %s is of unit = span alone; leave it out".formatted(spanWords));
    }
  }
}
