package dev.imago.annotate;

import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Split;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which of a user's answers stand in the corpus, and on which side of its split: an answer that
/// pre-training reads is not held out.
///
/// An answer is known by its longest line, of which letters and digits count alone; one of fewer
/// than 20 of these is known nowhere.
final class CorpusOverlap {
  private static final int LEAST = 20;

  private final Map<Split, Set<String>> ids = new EnumMap<>(Split.class);

  private CorpusOverlap() {}

  static CorpusOverlap of(Corpus corpus, List<Example> examples) {
    Map<String, String> answers = new HashMap<>();
    examples.forEach(example -> answers.put(example.id(), example.completion()));
    return of(corpus, answers, LEAST);
  }

  /// @param texts by id
  /// @param least letters and digits of a text's longest line; one of fewer is known nowhere
  static CorpusOverlap of(Corpus corpus, Map<String, String> texts, int least) {
    Map<String, Set<String>> byLine = new HashMap<>();
    texts.forEach(
        (id, text) -> {
          String line = longest(text);
          if (line.length() >= least) {
            byLine.computeIfAbsent(line, _ -> new HashSet<>()).add(id);
          }
        });
    var overlap = new CorpusOverlap();
    for (Split split : Split.values()) {
      var found = new HashSet<String>();
      try (var documents = new Documents.Reader(corpus.folder(), split.fileName(), _ -> {})) {
        while (!byLine.isEmpty() && documents.hasNext()) {
          Document document = documents.next();
          document
              .text()
              .lines()
              .map(CorpusOverlap::bare)
              .forEach(line -> found.addAll(byLine.getOrDefault(line, Set.of())));
        }
      }
      overlap.ids.put(split, found);
    }
    return overlap;
  }

  boolean has(Example example, Split split) {
    return has(example.id(), split);
  }

  boolean has(String id, Split split) {
    return ids.getOrDefault(split, Set.of()).contains(id);
  }

  private static String longest(String text) {
    return text.lines()
        .map(CorpusOverlap::bare)
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  private static String bare(String line) {
    return line.codePoints()
        .filter(Character::isLetterOrDigit)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .toLowerCase(Locale.ROOT);
  }
}
