package dev.imago.regex;

/// A pattern in Oniguruma's dialect, as `Regex` in a `tokenizer.json` has it. Immutable and
/// thread-safe.
///
/// Its work is bounded: 50 million steps and 256 more for each unit of the text. A pattern that
/// needs more than that is refused when it is met, with a message; none recurses.
public final class OnigRegex {
  private final String pattern;
  private final Program program;

  private OnigRegex(String pattern, Program program) {
    this.pattern = pattern;
    this.program = program;
  }

  /// Compiles a pattern.
  ///
  /// @throws IllegalArgumentException naming the pattern, the place and the mend
  public static OnigRegex compile(String pattern) {
    return new OnigRegex(pattern, RegexCompiler.compile(pattern));
  }

  /// The pattern as it was written.
  public String pattern() {
    return pattern;
  }

  /// Finds all matches that do not overlap, from the left.
  ///
  /// Empty ones too, but not where the match before ended.
  ///
  /// @throws IllegalArgumentException if the pattern needs too much work on this text
  public void findAll(String text, MatchSink sink) {
    var matching = new Matching(pattern, program, text);
    int from = 0;
    int last = -1;
    while (from <= text.length()) {
      int end = matching.find(from);
      if (end < 0) {
        return;
      }
      // In a look ahead, `\K` may set the start past the end.
      int start = Math.min(matching.start(), end);
      if (start == end && end == last) {
        from = matching.after(end);
        continue;
      }
      sink.match(start, end);
      last = end;
      // After an empty match too: `\G` may let another way match here now.
      from = end;
    }
  }

  @Override
  public String toString() {
    return pattern;
  }
}
