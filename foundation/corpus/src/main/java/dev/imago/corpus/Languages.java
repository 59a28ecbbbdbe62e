package dev.imago.corpus;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.languages.FrequentWordIdentifier;
import dev.imago.languages.LanguageFile;
import dev.imago.languages.LanguageGuess;
import dev.imago.languages.LanguageIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The language of a piece of prose, one of a few candidates: told among all that the identifier
/// knows, since among candidates alone Turkish or Polish would have to be one of them; candidates
/// are the likelier ones before anything is read.
///
/// Without a model, the identifier is that of [FrequentWordIdentifier], and a text of few letters
/// that many languages share is of none.
final class Languages {
  /// No candidate: ISO 639-2's code for undetermined.
  static final String UNKNOWN = LanguageGuess.UNKNOWN;

  /// Below this, words tell little.
  private static final int LEAST_LETTERS = 20;

  /// Scripts of many languages, which letters alone do not tell.
  private static final Set<String> SHARED = Set.of("Latn", "Cyrl");

  /// A language is told where it is likelier than all others together.
  private static final double LIKELY = 0.5;

  private final Set<String> candidates;
  private final @Nullable LanguageIdentifier model;

  /// @param candidates ISO 639-1 codes, in lower case
  /// @param model a file of [LanguageFile]; empty for none
  /// @throws InputException where there is no such file
  /// @throws ConfigException for a candidate that cannot be told
  Languages(List<String> candidates, String model) {
    this.candidates = Set.copyOf(candidates);
    this.model = model.isEmpty() ? null : read(Path.of(model));
    check(
        candidates,
        this.model == null ? FrequentWordIdentifier.languages() : told(this.model),
        model);
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

  private static Set<String> told(LanguageIdentifier model) {
    return model.labels().stream().map(label -> label.split("-")[0]).collect(Collectors.toSet());
  }

  private static void check(List<String> candidates, Collection<String> known, String model) {
    for (String language : candidates) {
      if (!known.contains(language)) {
        throw new ConfigException(
            "prepare.languages names «%s», which is not told %s; it tells %s%s"
                .formatted(
                    language,
                    model.isEmpty() ? "without a model" : "by " + model,
                    String.join(" ", new TreeSet<>(known)),
                    model.isEmpty()
                        ? ". `imago data languages` builds one for prepare.prose.languageModel"
                        : ""));
      }
    }
  }

  String of(String text) {
    LanguageGuess guess =
        (model == null ? FrequentWordIdentifier.identifier() : model).identify(text, candidates);
    boolean told =
        guess.probability() > LIKELY
            && candidates.contains(guess.language())
            && (model != null || !SHARED.contains(guess.script()) || enough(text));
    return told ? guess.language() : UNKNOWN;
  }

  private static boolean enough(String text) {
    int letters = 0;
    for (int i = 0; i < text.length() && letters < LEAST_LETTERS; i++) {
      letters += Character.isLetter(text.charAt(i)) ? 1 : 0;
    }
    return letters == LEAST_LETTERS;
  }
}
