package dev.imago.tasks.span;

import java.util.List;

/// A question of a text, and where the text answers it.
///
/// @param id stable and unique in its labels
/// @param answers as people marked them, each of them right; none where the text has none
/// @param source the file that it came from
public record AskedText(
    String id, String question, String context, List<Marked> answers, String source) {
  public AskedText {
    if (question == null || context == null || answers == null) {
      throw new IllegalArgumentException("question, context or answers are missing");
    }
    answers = List.copyOf(answers);
    int length = context.codePointCount(0, context.length());
    for (Marked answer : answers) {
      int end = answer.start() + answer.text().codePointCount(0, answer.text().length());
      if (answer.start() < 0 || end > length) {
        throw new IllegalArgumentException(
            "answer = «%s» at %d is outside of the text, which has %d characters"
                .formatted(answer.text(), answer.start(), length));
      }
    }
  }

  /// An answer.
  ///
  /// @param start its first character, in code points, as SQuAD counts them
  public record Marked(String text, int start) {
    /// Its first character in a text, in UTF-16 units.
    int from(String context) {
      return context.offsetByCodePoints(0, start);
    }
  }
}
