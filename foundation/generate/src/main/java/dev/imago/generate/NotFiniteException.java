package dev.imago.generate;

/// A model computed scores that are no numbers: its weights are broken, or of another kind than its
/// file says. The answer ends; others go on.
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Of a text that is told of.
  NotFiniteException(float score) {
    super(
        "the model computed %s of a text where a number belongs: its weights are broken, or too large for their type; write the model's file again"
            .formatted(Float.isNaN(score) ? "NaN" : score > 0 ? "infinity" : "−infinity"));
  }

  NotFiniteException(float score, int generated) {
    super(
        "the model computed %s where a score of a token belongs, after %d tokens of its answer: its weights are broken, or too large for their type; write the model's file again"
            .formatted(
                Float.isNaN(score) ? "NaN" : score > 0 ? "infinity" : "−infinity for all tokens",
                generated));
  }
}
