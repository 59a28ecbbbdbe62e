package dev.imago.languages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The identifier that is there without a file: it is learned, where it is first asked for, from
/// the frequent words of each language, `frequent-words.txt` beside this class. Running text of a
/// few lines has enough of them; of single sentences a model of texts (`imago data languages`)
/// knows more, and more languages.
public final class FrequentWordIdentifier {
  private static final String FILE = "frequent-words.txt";

  /// How often a word counts falls as its rank rises (Zipf; Mandelbrot 1953).
  private static final int OFTEN = 1000;

  private static final double SHIFT = 3;

  /// Words beyond these count once: of a longer list n-grams would be known that others lack for
  /// want of words alone.
  private static final int RANKED = 150;

  /// Learned once: nothing of it changes.
  private static final class Learned {
    static final LanguageIdentifier IDENTIFIER = learn();
  }

  private FrequentWordIdentifier() {}

  /// One object for all who ask.
  public static LanguageIdentifier identifier() {
    return Learned.IDENTIFIER;
  }

  /// The languages that it tells, ISO 639-1.
  public static Set<String> languages() {
    return words().keySet();
  }

  /// The first of the frequent words of a language, in small letters; none of one that is not here.
  ///
  /// @param most how many
  public static Set<String> of(String language, int most) {
    return words().getOrDefault(language, Set.of()).stream()
        .limit(most)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static LanguageIdentifier learn() {
    var trainer = new LanguageTrainer();
    words()
        .forEach(
            (language, words) -> {
              int rank = 0;
              for (String word : words) {
                int times = rank < RANKED ? (int) Math.ceil(OFTEN / (rank + SHIFT)) : 1;
                trainer.add(language, word, times);
                rank++;
              }
            });
    return trainer.train();
  }

  private static Map<String, Set<String>> words() {
    try (InputStream in = FrequentWordIdentifier.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not beside " + FrequentWordIdentifier.class);
      }
      var all = new LinkedHashMap<String, Set<String>>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> List.of(line.split(" ")))
          .forEach(
              line -> all.put(line.getFirst(), new LinkedHashSet<>(line.subList(1, line.size()))));
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
