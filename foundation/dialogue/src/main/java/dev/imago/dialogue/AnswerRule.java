package dev.imago.dialogue;

/// What an answer must be in its model's form.
///
/// @param mustCall one of these must be called; none where the answer is free
/// @param mayCall where the answer is free, whose calls are held to their schemas; none where calls
///   are free, too
/// @param thinking whether the prompt has begun the thoughts
/// @param mostThoughts tokens that the model may think; −1 for as many as it likes
public record AnswerRule(
    OfferedTools mustCall, OfferedTools mayCall, boolean thinking, int mostThoughts) {
  public AnswerRule {
    if (mostThoughts < -1) {
      throw new IllegalArgumentException(
          "mostThoughts = %d is below -1, which sets no bound".formatted(mostThoughts));
    }
  }
}
