package dev.imago.corpus;

import java.util.List;
import java.util.Locale;

/// What the rules of code measure in one file.
final class Code {
  private final String text;
  private int lines;
  private int longest;
  private int alphanumeric;
  private int characters;
  private int visible;

  Code(String text) {
    this.text = text;
    int line = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        longest = Math.max(longest, line);
        lines++;
        line = 0;
        continue;
      }
      line++;
      characters++;
      if (c <= ' ') {
        continue;
      }
      visible++;
      if (c < 128
          ? c >= '0' && (c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
          : Character.isLetterOrDigit(c)) {
        alphanumeric++;
      }
    }
    if (line > 0) {
      longest = Math.max(longest, line);
      lines++;
    }
  }

  /// Characters that are no space.
  double visible() {
    return visible;
  }

  double lines() {
    return lines;
  }

  double longestLine() {
    return longest;
  }

  double meanLine() {
    return lines == 0 ? 0 : (double) characters / lines;
  }

  /// Letters and digits in all characters but line ends.
  double alphanumeric() {
    return characters == 0 ? 0 : (double) alphanumeric / characters;
  }

  /// How many of the markers of generated code stand in the first lines.
  double generatedMarkers(List<String> markers, int within) {
    int end = 0;
    for (int line = 0; line < within && end >= 0 && end < text.length(); line++) {
      int next = text.indexOf('\n', end);
      end = next < 0 ? text.length() : next + 1;
    }
    String head = text.substring(0, end).toLowerCase(Locale.ROOT);
    return markers.stream().filter(head::contains).count();
  }

  /// The share of characters in data written out as code: runs of at least 64 base64 characters, of
  /// at least 8 hexadecimal bytes in a list, of at least 8 `\\uXXXX` escapes.
  double encoded() {
    return characters == 0 ? 0 : (double) EncodedRuns.characters(text) / characters;
  }
}
