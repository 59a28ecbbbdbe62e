package dev.imago.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a user said of one served answer, with all that is needed to learn from it.
///
/// @param time when it was said
/// @param completionId the served answer's identifier; of several ratings of one, the last counts
/// @param vote the thumb
/// @param comment the user's own words, or null
/// @param messages what the model was asked: the conversation up to the answer, or one message of
///   role [#TEXT] where a bare text was continued
/// @param answer what the model answered, as far as it was served
/// @param model the reference or name of the model that answered
/// @param user who said it, as the request told; null where it did not. Never part of an artifact
/// @param correction what the user would have answered; null where nothing
/// @param rejected the other answer to the same that the user found worse; null where there was no
///   choice
/// @param asker who asked, where somebody else said it; else null. Never part of an artifact
/// @param organisation whose key said it; null where no accounts are kept. Never part of an
///   artifact
public record Rating(
    Instant time,
    String completionId,
    Vote vote,
    @Nullable String comment,
    List<Message> messages,
    String answer,
    String model,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String user,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String correction,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rejected,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String asker,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String organisation) {
  /// The role of a bare text: no chat template was applied to it.
  public static final String TEXT = "text";

  /// A thumb.
  public enum Vote {
    UP,
    DOWN
  }

  /// One turn of a conversation.
  ///
  /// @param role `system`, `user` or `assistant`; [#TEXT] for a bare text
  public record Message(String role, String content) {}

  public Rating {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("a rating has no messages; it needs at least one");
    }
  }

  /// A thumb and a comment of somebody who is not named.
  public Rating(
      Instant time,
      String completionId,
      Vote vote,
      @Nullable String comment,
      List<Message> messages,
      String answer,
      String model) {
    this(time, completionId, vote, comment, messages, answer, model, null, null, null, null);
  }

  /// One that is no organisation's.
  public Rating(
      Instant time,
      String completionId,
      Vote vote,
      @Nullable String comment,
      List<Message> messages,
      String answer,
      String model,
      @Nullable String user,
      @Nullable String correction,
      @Nullable String rejected,
      @Nullable String asker) {
    this(
        time,
        completionId,
        vote,
        comment,
        messages,
        answer,
        model,
        user,
        correction,
        rejected,
        asker,
        null);
  }

  /// Whether it has words of a user: what was said, or what was asked.
  public boolean isOf(String name) {
    return name.equals(user) || name.equals(asker);
  }

  /// The same without the names of who said it, who asked, and whose key it was.
  public Rating withoutUser() {
    return new Rating(
        time,
        completionId,
        vote,
        comment,
        messages,
        answer,
        model,
        null,
        correction,
        rejected,
        null);
  }

  /// Whether the answer continued a bare text rather than a conversation.
  public boolean bareText() {
    return messages.getFirst().role().equals(TEXT);
  }
}
