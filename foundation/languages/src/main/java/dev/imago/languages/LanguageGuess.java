package dev.imago.languages;

import java.util.Locale;

/// What a text's language seems to be.
///
/// @param language ISO 639-1 where there is such a code, or `und`
/// @param script ISO 15924 (`Latn`, `Cyrl`, `Hans`), of most of its letters; `Zyyy` where there are
///   no letters
/// @param probability how sure that is among the languages that are known, 0 … 1. It ranks and
///   bounds; it is not calibrated
public record LanguageGuess(String language, String script, double probability) {
  /// ISO 639-2's code for undetermined.
  public static final String UNKNOWN = "und";

  static final LanguageGuess NO_LETTERS = new LanguageGuess(UNKNOWN, "Zyyy", 0);

  static LanguageGuess none(Character.UnicodeScript script) {
    return new LanguageGuess(UNKNOWN, code(script), 0);
  }

  /// The language of a label, such as `zh` of `zh-Hant`.
  static String language(String label) {
    int dash = label.indexOf('-');
    return dash < 0 ? label : label.substring(0, dash);
  }

  /// @param label such as `en`, `zh-Hant`, `sr-Latn`
  static LanguageGuess of(String label, Character.UnicodeScript script, double probability) {
    int dash = label.indexOf('-');
    return dash < 0
        ? new LanguageGuess(label, code(script), probability)
        : new LanguageGuess(label.substring(0, dash), label.substring(dash + 1), probability);
  }

  private static String code(Character.UnicodeScript script) {
    return switch (script) {
      case LATIN -> "Latn";
      case CYRILLIC -> "Cyrl";
      case ARABIC -> "Arab";
      case HAN -> "Hani";
      case HIRAGANA, KATAKANA -> "Jpan";
      case HANGUL -> "Hang";
      case GREEK -> "Grek";
      case HEBREW -> "Hebr";
      case DEVANAGARI -> "Deva";
      case BENGALI -> "Beng";
      case GUJARATI -> "Gujr";
      case GURMUKHI -> "Guru";
      case TAMIL -> "Taml";
      case TELUGU -> "Telu";
      case KANNADA -> "Knda";
      case MALAYALAM -> "Mlym";
      case SINHALA -> "Sinh";
      case THAI -> "Thai";
      case LAO -> "Laoo";
      case KHMER -> "Khmr";
      case MYANMAR -> "Mymr";
      case TIBETAN -> "Tibt";
      case ETHIOPIC -> "Ethi";
      case ARMENIAN -> "Armn";
      case GEORGIAN -> "Geor";
      case MONGOLIAN -> "Mong";
      default -> script.name().charAt(0) + script.name().substring(1).toLowerCase(Locale.ROOT);
    };
  }
}
