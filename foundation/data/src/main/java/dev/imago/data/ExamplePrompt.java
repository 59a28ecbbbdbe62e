package dev.imago.data;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One short line that shows what a model can be asked, of the kind that it knows: a prompt of its
/// labels, or how a held-out document begins.
public final class ExamplePrompt {
  private static final int SHORTEST = 8;
  private static final int LONGEST = 80;

  /// Enough to find a short one.
  private static final int LOOKED_AT = 200;

  private ExamplePrompt() {}

  /// A prompt of labelled pairs to train on, since tuning reads no others; empty where there is
  /// none. The first short one of a single line, or else the shortest, cut.
  public static String ofPairs(Path labels) {
    List<String> prompts =
        Examples.read(labels, Split.TRAIN).stream()
            .limit(LOOKED_AT)
            .map(e -> e.prompt().strip())
            .toList();
    return prompts.stream()
        .filter(p -> p.lines().count() == 1 && points(p) >= SHORTEST && points(p) <= LONGEST)
        .findFirst()
        .or(() -> prompts.stream().min(Comparator.comparingInt(ExamplePrompt::points)))
        .map(ExamplePrompt::opening)
        .orElse("");
  }

  /// How a document of a corpus begins; empty where there is none.
  public static String ofText(Path corpus) {
    return beginning(corpus, Split.HELDOUT).or(() -> beginning(corpus, Split.TRAIN)).orElse("");
  }

  private static Optional<String> beginning(Path corpus, Split split) {
    try (var reader = new Documents.Reader(corpus, split.fileName(), read -> {})) {
      for (int i = 0; i < LOOKED_AT && reader.hasNext(); i++) {
        String opening = opening(reader.next().text());
        if (points(opening) >= SHORTEST) {
          return Optional.of(opening);
        }
      }
    }
    return Optional.empty();
  }

  /// The first line with something in it, cut between words where it is long.
  private static String opening(String text) {
    String line = text.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    if (points(line) <= LONGEST) {
      return line;
    }
    String cut = line.substring(0, line.offsetByCodePoints(0, LONGEST));
    int blank = cut.lastIndexOf(' ');
    return blank > LONGEST / 2 ? cut.substring(0, blank) : cut;
  }

  private static int points(String text) {
    return text.codePointCount(0, text.length());
  }
}
