package dev.imago.dialogue;

/// Tells where a JSON value ends, character by character. It knows brackets and strings, not
/// whether the value is right.
final class JsonValueScanner {
  enum Step {
    /// Belongs to the value, which goes on.
    WITHIN,
    /// Belongs to the value and ends it.
    LAST,
    /// The value ended before it.
    AFTER,
    /// Stands in no JSON.
    BROKEN
  }

  private int depth;
  private boolean begun;
  private boolean inString;
  private boolean escaped;
  private boolean scalar;

  Step take(char c) {
    if (inString) {
      return string(c);
    }
    boolean first = !begun;
    begun = true;
    if (c == '"') {
      inString = true;
      return scalar ? Step.BROKEN : Step.WITHIN;
    }
    if (c == '{' || c == '[') {
      depth++;
      return scalar ? Step.BROKEN : Step.WITHIN;
    }
    if (depth == 0) {
      if (first) {
        scalar = isPart(c);
        return scalar ? Step.WITHIN : Step.BROKEN;
      }
      return isPart(c) ? Step.WITHIN : Step.AFTER;
    }
    if (c == '}' || c == ']') {
      depth--;
      return depth == 0 ? Step.LAST : Step.WITHIN;
    }
    return isPart(c) || c == ',' || c == ':' || Character.isWhitespace(c)
        ? Step.WITHIN
        : Step.BROKEN;
  }

  private Step string(char c) {
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      inString = false;
      return depth == 0 ? Step.LAST : Step.WITHIN;
    }
    return Step.WITHIN;
  }

  /// Of a number, true, false or null.
  private static boolean isPart(char c) {
    return c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '+'
        || c == '.'
        || c == 'E';
  }
}
