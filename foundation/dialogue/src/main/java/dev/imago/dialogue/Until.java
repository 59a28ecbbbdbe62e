package dev.imago.dialogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects text up to the first of some marks.
final class Until {
  private final List<String> marks;
  private final List<String> spelled;
  private final StringBuilder text = new StringBuilder();

  Until(AnswerParser parser, List<String> marks) {
    this.marks = marks;
    this.spelled = parser.spelled(marks);
  }

  /// @return the mark that ends here, or null
  @Nullable String take(char c) {
    text.append(c);
    for (String mark : spelled) {
      int from = text.length() - mark.length();
      if (from >= 0 && text.indexOf(mark, from) == from) {
        text.setLength(from);
        return mark;
      }
    }
    return null;
  }

  boolean isMark(String spelling) {
    return marks.contains(spelling);
  }

  /// What came before the mark.
  String text() {
    return text.toString();
  }
}
