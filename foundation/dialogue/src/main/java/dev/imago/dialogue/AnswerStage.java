package dev.imago.dialogue;

/// A place in an answer's grammar: what the next character, mark or end means there.
interface AnswerStage {
  void take(char c);

  /// A control token of the form.
  void mark(String spelling);

  /// @param cutOff whether the answer was not ended by the model
  void end(boolean cutOff);
}
