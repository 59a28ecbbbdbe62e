package dev.imago.dialogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for marks in a text, character by character, and holds back what may become one.
final class MarkWatch {
  private final List<String> marks;
  private final List<String> spelled;
  private final StringBuilder held = new StringBuilder();

  /// @param marks of which those that are control tokens come by [#isMark] alone
  MarkWatch(AnswerParser parser, List<String> marks) {
    this.marks = marks;
    this.spelled = parser.spelled(marks);
  }

  /// What a character made certain.
  ///
  /// @param text that is no mark
  /// @param mark that follows it, or null
  record Found(String text, @Nullable String mark) {}

  Found add(char c) {
    held.append(c);
    int free = 0;
    while (free < held.length()) {
      String rest = held.substring(free);
      if (spelled.contains(rest)) {
        String text = held.substring(0, free);
        held.setLength(0);
        return new Found(text, rest);
      }
      if (spelled.stream().anyMatch(mark -> mark.startsWith(rest))) {
        break;
      }
      free++;
    }
    String text = held.substring(0, free);
    held.delete(0, free);
    return new Found(text, null);
  }

  boolean isMark(String spelling) {
    return marks.contains(spelling);
  }

  /// What was held back, at the end.
  String rest() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }
}
