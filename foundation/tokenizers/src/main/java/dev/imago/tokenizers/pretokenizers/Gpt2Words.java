package dev.imago.tokenizers.pretokenizers;

/// Cuts as GPT-2's pattern does, by hand: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
/// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
final class Gpt2Words {
  private enum Kind {
    LETTER,
    NUMBER,
    SPACE,
    OTHER
  }

  private Gpt2Words() {}

  /// The end of the piece that starts at `from`.
  static int end(String text, int from) {
    int contraction = text.charAt(from) == '\'' ? contraction(text, from) : 0;
    if (contraction > 0) {
      return from + contraction;
    }
    int start = text.charAt(from) == ' ' && from + 1 < text.length() ? from + 1 : from;
    Kind kind = kind(text.codePointAt(start));
    if (kind != Kind.SPACE) {
      return run(text, start, kind);
    }
    int end = run(text, from, Kind.SPACE);
    // The last blank before a word goes with the word, or is a piece of its own.
    int last = end - 1;
    return end < text.length() && last > from ? last : end;
  }

  private static int run(String text, int from, Kind kind) {
    int at = from;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (kind(c) != kind) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  private static int contraction(String text, int from) {
    char first = from + 1 < text.length() ? text.charAt(from + 1) : 0;
    char second = from + 2 < text.length() ? text.charAt(from + 2) : 0;
    return switch (first) {
      case 's', 't', 'm', 'd' -> 2;
      case 'r', 'v' -> second == 'e' ? 3 : 0;
      case 'l' -> second == 'l' ? 3 : 0;
      default -> 0;
    };
  }

  private static Kind kind(int c) {
    if (c < 128) {
      return (c | 32) >= 'a' && (c | 32) <= 'z'
          ? Kind.LETTER
          : c >= '0' && c <= '9'
              ? Kind.NUMBER
              : c == ' ' || c >= 9 && c <= 13 ? Kind.SPACE : Kind.OTHER;
    }
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          Kind.LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          Kind.NUMBER;
      default -> CharacterKind.isSpace(c) ? Kind.SPACE : Kind.OTHER;
    };
  }
}
