package dev.imago.tasks.tagging;

import java.util.ArrayList;
import java.util.List;

/// A stretch of words of one type.
///
/// @param from its first word
/// @param to one past its last
record Span(String type, int from, int to) {
  static final String OUTSIDE = "O";

  /// The spans that tags tell, as conlleval reads them: one begins at `B`, and also at an `I` after
  /// `O` or after another type; it ends before the next begins, or at `O`.
  static List<Span> of(List<String> tags) {
    var spans = new ArrayList<Span>();
    int from = -1;
    String open = "";
    for (int i = 0; i <= tags.size(); i++) {
      String tag = i < tags.size() ? tags.get(i) : OUTSIDE;
      String type = type(tag);
      boolean goesOn = tag.startsWith("I-") && from >= 0 && type.equals(open);
      if (goesOn) {
        continue;
      }
      if (from >= 0) {
        spans.add(new Span(open, from, i));
        from = -1;
      }
      if (!type.isEmpty()) {
        from = i;
        open = type;
      }
    }
    return spans;
  }

  /// A tag's type; empty for `O`.
  static String type(String tag) {
    int dash = tag.indexOf('-');
    return dash == 1 ? tag.substring(2) : "";
  }
}
