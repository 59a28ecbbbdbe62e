package dev.imago.dialogue;

/// What a stretch of an answer is.
public sealed interface AnswerPart {
  /// What the reader is told.
  record Text(String text) implements AnswerPart {}

  /// What the model thought before it spoke.
  record Reasoning(String text) implements AnswerPart {}

  /// A call begins.
  ///
  /// @param call its place among the answer's calls, from 0
  record CallBegun(int call, String name) implements AnswerPart {}

  /// More of a call's arguments: end to end, they are the JSON of one object.
  record Arguments(int call, String json) implements AnswerPart {}

  /// A call has ended.
  ///
  /// @param defect what is wrong with it, such as arguments that are no JSON; empty where nothing
  ///   is
  record CallEnded(int call, String defect) implements AnswerPart {}

  /// What began as a call and can be read as none; it was given as text.
  record Unread(String why) implements AnswerPart {}
}
