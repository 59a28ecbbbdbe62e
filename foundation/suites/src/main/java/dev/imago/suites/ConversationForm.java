package dev.imago.suites;

import java.util.List;

/// How a conversation becomes the text that a model is given: its chat template.
@FunctionalInterface
public interface ConversationForm {
  /// @param continued whether the last turn, an assistant's, is gone on with; else a new one begins
  String text(List<Turn> turns, boolean continued);
}
