package dev.imago.suites;

import dev.imago.templates.FieldTemplate;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/// `str(value)` of Python.
final class PythonText {
  private static final FieldTemplate WRITTEN = FieldTemplate.of("{{ value }}");

  private PythonText() {}

  static String of(@Nullable Object value) {
    if (value instanceof String s) {
      return s;
    }
    var values = new HashMap<String, @Nullable Object>();
    values.put("value", value);
    return WRITTEN.render(values);
  }

  /// How many characters it has, as Python counts them.
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// Whether Python's `isspace` has the character for a blank.
  static boolean isBlank(int c) {
    return Character.isSpaceChar(c)
        || c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x1f
        || c == 0x85;
  }

  static boolean endsBlank(String text) {
    return !text.isEmpty() && isBlank(text.codePointBefore(text.length()));
  }

  static boolean beginsBlank(String text) {
    return !text.isEmpty() && isBlank(text.codePointAt(0));
  }

  /// Two texts with a delimiter between, unless one of them is empty or blank there.
  static String delimited(String first, String second, String delimiter) {
    if (first.isEmpty() || second.isEmpty()) {
      return first + second;
    }
    return endsBlank(first) || beginsBlank(second) ? first + second : first + delimiter + second;
  }
}
