package dev.imago.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imago.core.EnergyUse;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A served answer that was kept for people to look at.
///
/// @param time when it was kept
/// @param completionId the served answer's identifier
/// @param reasons why: the rules that kept it
/// @param confidence the mean probability of its tokens; null where it was not known
/// @param user who asked, as the request said; null where it did not
/// @param messages what the model was asked, masked
/// @param answer what the model answered, masked
/// @param model the reference or name of the model that answered
/// @param took what the answer took; null where that was not told
/// @param organisation whose key asked; null where no accounts are kept. Never part of an artifact
public record KeptAnswer(
    Instant time,
    String completionId,
    List<String> reasons,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double confidence,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String user,
    List<Rating.Message> messages,
    String answer,
    String model,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Took took,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String organisation) {
  /// What an answer took.
  ///
  /// @param promptTokens of what was asked
  /// @param answerTokens of the answer
  /// @param queueSeconds before it was begun
  /// @param firstTokenSeconds from there to its first token
  /// @param answerSeconds from there to its last
  /// @param energy its share of what the server took; null where that is not known
  public record Took(
      int promptTokens,
      int answerTokens,
      double queueSeconds,
      double firstTokenSeconds,
      double answerSeconds,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EnergyUse energy) {
    /// Tokens a second after the first; not a number of fewer than two.
    public double rate() {
      return answerTokens > 1 && answerSeconds > 0
          ? (answerTokens - 1) / answerSeconds
          : Double.NaN;
    }
  }

  public KeptAnswer {
    reasons = List.copyOf(reasons);
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a kept answer has no messages; it needs at least one");
    }
  }

  /// One of which nobody told what it took.
  public KeptAnswer(
      Instant time,
      String completionId,
      List<String> reasons,
      @Nullable Double confidence,
      @Nullable String user,
      List<Rating.Message> messages,
      String answer,
      String model) {
    this(time, completionId, reasons, confidence, user, messages, answer, model, null, null);
  }
}
