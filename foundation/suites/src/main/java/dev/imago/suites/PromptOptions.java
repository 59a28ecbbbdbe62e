package dev.imago.suites;

import java.util.Optional;

/// What of a prompt no task says.
///
/// @param limit the most items of a task
/// @param seed by which few-shot examples are drawn; lm-evaluation-harness's is 1234
/// @param shots instead of the tasks' own, unless a task says 0
/// @param form of a conversation; empty for plain text
/// @param multiTurn whether examples are turns of their own in a conversation
/// @param system an instruction before all
/// @param maxTokens the most that an answer may have, below the tasks' own
public record PromptOptions(
    Optional<Integer> limit,
    int seed,
    Optional<Integer> shots,
    Optional<ConversationForm> form,
    boolean multiTurn,
    Optional<String> system,
    Optional<Integer> maxTokens) {
  /// The seed of lm-evaluation-harness.
  public static final int USUAL_SEED = 1234;

  /// As lm-evaluation-harness does without options.
  public static final PromptOptions USUAL =
      new PromptOptions(
          Optional.empty(),
          USUAL_SEED,
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty());
}
