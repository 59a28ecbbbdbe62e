package dev.imago.serve.metering;

import dev.imago.data.Rating;
import dev.imago.generate.Sampling;
import dev.imago.generate.Timing;
import java.util.List;
import java.util.function.Supplier;

/// What is known of a request's answers beside their tokens.
///
/// @param id of the reply
/// @param sampling of the first answer
/// @param answers how many were asked for
/// @param stream whether they are sent as they are made
/// @param finishReasons why each ended, by OpenAI's names; those that did not are missing
/// @param firstTokenNanos from the request's arrival to its first token; 0 where there is none
/// @param timing of the first answer
/// @param texts read only where they are asked for
public record AnswerFacts(
    String id,
    Sampling sampling,
    int answers,
    boolean stream,
    List<String> finishReasons,
    long firstTokenNanos,
    Timing timing,
    Supplier<Texts> texts) {
  public AnswerFacts {
    finishReasons = List.copyOf(finishReasons);
  }

  /// What was said, as far as it was not taken out.
  ///
  /// @param asked the messages, or a text as one of a user
  /// @param answered of each answer its text
  public record Texts(List<Rating.Message> asked, List<String> answered) {
    public Texts {
      asked = List.copyOf(asked);
      answered = List.copyOf(answered);
    }
  }
}
