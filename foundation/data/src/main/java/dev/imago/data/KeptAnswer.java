package dev.imago.data;

import com.fasterxml.jackson.annotation.JsonInclude;
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
public record KeptAnswer(
    Instant time,
    String completionId,
    List<String> reasons,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double confidence,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String user,
    List<Rating.Message> messages,
    String answer,
    String model) {
  public KeptAnswer {
    reasons = List.copyOf(reasons);
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a kept answer has no messages; it needs at least one");
    }
  }
}
