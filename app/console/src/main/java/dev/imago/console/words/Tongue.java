package dev.imago.console.words;

import java.util.Locale;

/// A language that the console speaks.
public enum Tongue {
  ENGLISH("en", Locale.UK, "English"),
  CHINESE("zh", Locale.SIMPLIFIED_CHINESE, "中文");

  private final String code;
  private final Locale locale;
  private final String own;

  Tongue(String code, Locale locale, String own) {
    this.code = code;
    this.locale = locale;
    this.own = own;
  }

  /// As in a file's name and a cookie.
  public String code() {
    return code;
  }

  public Locale locale() {
    return locale;
  }

  /// What the language calls itself.
  public String own() {
    return own;
  }

  /// For a document's `lang`.
  public String tag() {
    return this == CHINESE ? "zh-Hans" : code;
  }

  /// The language of a choice, else of a browser's wishes, else English.
  ///
  /// @param chosen a code; empty where nobody chose
  /// @param wished as in the header `Accept-Language`
  public static Tongue of(String chosen, String wished) {
    for (Tongue each : values()) {
      if (each.code.equals(chosen)) {
        return each;
      }
    }
    try {
      for (Locale.LanguageRange range : Locale.LanguageRange.parse(wished)) {
        for (Tongue each : values()) {
          if (range.getRange().equals(each.code) || range.getRange().startsWith(each.code + "-")) {
            return each;
          }
        }
      }
    } catch (IllegalArgumentException _) {
      // What a client sends may be nonsense; it then has no wish.
    }
    return ENGLISH;
  }
}
