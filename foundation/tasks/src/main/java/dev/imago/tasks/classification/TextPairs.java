package dev.imago.tasks.classification;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The names that people give to two texts that belong together.
public final class TextPairs {
  private static final List<List<String>> NAMES =
      List.of(
          List.of("text", "text_pair"),
          List.of("sentence1", "sentence2"),
          List.of("sentence_a", "sentence_b"),
          List.of("premise", "hypothesis"),
          List.of("query", "document"),
          List.of("query", "passage"),
          List.of("query", "text"),
          List.of("question1", "question2"),
          List.of("text1", "text2"),
          List.of("text_1", "text_2"),
          List.of("text_a", "text_b"));

  private TextPairs() {}

  /// The two fields among some whose names say so, upper and lower case alike.
  ///
  /// @param first where it is known
  public static Optional<List<String>> among(Set<String> fields, Optional<String> first) {
    for (List<String> two : NAMES) {
      Optional<String> one = like(two.getFirst(), fields);
      Optional<String> other = like(two.getLast(), fields);
      if (one.isPresent() && other.isPresent() && (first.isEmpty() || first.equals(one))) {
        return Optional.of(List.of(one.get(), other.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> like(String name, Set<String> fields) {
    return fields.stream().filter(f -> f.toLowerCase(Locale.ROOT).equals(name)).findFirst();
  }
}
