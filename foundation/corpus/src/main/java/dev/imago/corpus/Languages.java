package dev.imago.corpus;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.languages.LanguageFile;
import dev.imago.languages.LanguageGuess;
import dev.imago.languages.LanguageIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The language of a piece of prose, one of a few candidates.
///
/// Text mostly in ideographs is Chinese without kana and Japanese with; a script that no candidate
/// is written in is none of them, and so is a text of few letters that many languages share; the
/// rest is Lingua's to tell, in its low-accuracy mode (trigrams only), from the first characters. A
/// model of ours, where one is named, is asked instead, among all its languages.
///
/// Lingua is asked among the candidates and their neighbours in the same script ([#NEIGHBOURS]),
/// since among candidates alone Turkish or Polish would have to be one of them. Lingua and its
/// models are loaded with the first text that needs them, so that code never does.
final class Languages {
  /// No candidate: ISO 639-2's code for undetermined.
  static final String UNKNOWN = "und";

  private static final int SAMPLE_CHARACTERS = 400;

  /// Of English sentences cut to 5, 10 and 15 letters Lingua tells 56, 67 and 75 % as English, of
  /// those of 20 letters 83 %, of 40 letters 97 %: below this it guesses.
  private static final int LEAST_LETTERS = 20;

  /// Scripts of many languages, which letters alone do not tell.
  private static final Set<Character.UnicodeScript> SHARED =
      EnumSet.of(Character.UnicodeScript.LATIN, Character.UnicodeScript.CYRILLIC);

  /// Languages of many speakers in Latin and Cyrillic letters, which are told apart from the
  /// candidates without being any.
  private static final List<String> NEIGHBOURS =
      List.of("tr", "pl", "vi", "cs", "sv", "da", "fi", "hu", "ro", "id", "uk", "bg");

  /// Scripts whose languages Lingua is asked about only where a candidate is written in them.
  private static final Map<Character.UnicodeScript, List<String>> SCRIPTS =
      Map.ofEntries(
          Map.entry(Character.UnicodeScript.ARABIC, List.of("ar", "fa", "ur")),
          Map.entry(Character.UnicodeScript.HEBREW, List.of("he")),
          Map.entry(Character.UnicodeScript.GREEK, List.of("el")),
          Map.entry(Character.UnicodeScript.THAI, List.of("th")),
          Map.entry(Character.UnicodeScript.DEVANAGARI, List.of("hi", "mr")),
          Map.entry(Character.UnicodeScript.BENGALI, List.of("bn")),
          Map.entry(Character.UnicodeScript.TAMIL, List.of("ta")),
          Map.entry(Character.UnicodeScript.TELUGU, List.of("te")),
          Map.entry(Character.UnicodeScript.GUJARATI, List.of("gu")),
          Map.entry(Character.UnicodeScript.GURMUKHI, List.of("pa")),
          Map.entry(Character.UnicodeScript.ARMENIAN, List.of("hy")),
          Map.entry(Character.UnicodeScript.GEORGIAN, List.of("ka")),
          Map.entry(Character.UnicodeScript.HANGUL, List.of("ko")),
          Map.entry(
              Character.UnicodeScript.CYRILLIC,
              List.of("ru", "uk", "bg", "be", "sr", "mk", "kk", "mn")));

  /// Ours says a language where it is likelier than all others together.
  private static final double LIKELY = 0.5;

  private final List<String> candidates;
  private final @Nullable LanguageIdentifier ours;
  private @Nullable LanguageDetector detector;

  /// @param candidates ISO 639-1 codes, in lower case
  /// @param model a file of [LanguageFile], which is asked in Lingua's place; empty for none
  /// @throws InputException where there is no such file
  Languages(List<String> candidates, String model) {
    this.candidates = candidates;
    this.ours = model.isEmpty() ? null : read(Path.of(model));
  }

  private static LanguageIdentifier read(Path model) {
    if (!Files.isRegularFile(model)) {
      throw new InputException(
          "prose.languageModel = %s %s; build one with `imago data languages`"
              .formatted(model, Files.exists(model) ? "is no file" : "does not exist"));
    }
    try (InputStream in = Files.newInputStream(model)) {
      return LanguageFile.read(in);
    } catch (IOException e) {
      throw new InputException("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  /// @throws ConfigException for a code that Lingua does not know
  static void check(List<String> candidates) {
    candidates.forEach(Languages::code);
  }

  private static IsoCode639_1 code(String language) {
    return Arrays.stream(IsoCode639_1.values())
        .filter(c -> c != IsoCode639_1.NONE && c.name().toLowerCase(Locale.ROOT).equals(language))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "«"
                        + language
                        + "» is no language that can be told; give ISO 639-1 codes such as en,"
                        + " zh"));
  }

  String of(String text) {
    if (ours != null) {
      LanguageGuess guess = ours.identify(text);
      boolean told = guess.probability() > LIKELY && candidates.contains(guess.language());
      return told ? guess.language() : UNKNOWN;
    }
    int start = 0;
    while (start < text.length() && !Character.isLetter(text.charAt(start))) {
      start++;
    }
    String sample = text.substring(start, Math.min(text.length(), start + SAMPLE_CHARACTERS));
    int han = 0;
    int kana = 0;
    int letters = 0;
    var scripts = new EnumMap<Character.UnicodeScript, Integer>(Character.UnicodeScript.class);
    for (int i = 0; i < sample.length(); i++) {
      char c = sample.charAt(i);
      if (Character.isLetter(c)) {
        letters++;
        scripts.merge(Character.UnicodeScript.of(c), 1, Integer::sum);
        switch (Character.UnicodeScript.of(c)) {
          case HAN -> han++;
          case HIRAGANA, KATAKANA -> kana++;
          default -> {}
        }
      }
    }
    if (2 * (han + kana) > letters) {
      String language = 10 * kana > han + kana ? "ja" : "zh";
      return candidates.contains(language) ? language : UNKNOWN;
    }
    if (letters == 0
        || candidates.isEmpty()
        || tooShort(scripts, letters)
        || foreign(scripts, letters)) {
      return UNKNOWN;
    }
    Language language = detector().detectLanguageOf(sample);
    String told =
        language == Language.UNKNOWN
            ? UNKNOWN
            : language.getIsoCode639_1().name().toLowerCase(Locale.ROOT);
    return candidates.contains(told) ? told : UNKNOWN;
  }

  /// Whether nobody could tell: a few letters of a script that many languages share.
  private static boolean tooShort(Map<Character.UnicodeScript, Integer> scripts, int letters) {
    int shared = SHARED.stream().mapToInt(script -> scripts.getOrDefault(script, 0)).sum();
    return letters < LEAST_LETTERS && 2 * shared > letters;
  }

  /// Whether most letters are of a script that no candidate is written in.
  private boolean foreign(Map<Character.UnicodeScript, Integer> scripts, int letters) {
    for (Map.Entry<Character.UnicodeScript, Integer> script : scripts.entrySet()) {
      List<String> written = SCRIPTS.get(script.getKey());
      if (written != null
          && 2 * script.getValue() > letters
          && written.stream().noneMatch(candidates::contains)) {
        return true;
      }
    }
    return false;
  }

  private synchronized LanguageDetector detector() {
    LanguageDetector made = detector;
    if (made == null) {
      IsoCode639_1[] codes =
          Stream.concat(candidates.stream(), NEIGHBOURS.stream())
              .distinct()
              .map(Languages::code)
              .toArray(IsoCode639_1[]::new);
      made = LanguageDetectorBuilder.fromIsoCodes639_1(codes).withLowAccuracyMode().build();
      detector = made;
    }
    return made;
  }
}
