package dev.imago.tasks.tagging;

import dev.imago.metrics.Span;
import dev.imago.sequences.CrfSettings;
import dev.imago.sequences.CrfTrainer;
import dev.imago.sequences.FeatureTemplates;
import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import dev.imago.tasks.LabelTask.Baseline;
import java.util.List;
import java.util.Locale;

/// A conditional random field over a word's neighbours, its end and its shape: what taggers were
/// before networks.
final class CrfBaseline implements Baseline<TaggedWords> {
  private static final int ITERATIONS = 60;
  private static final int SUFFIX = 3;

  /// Sums are made in an order that this decides, so it is the same on every machine.
  private static final int THREADS = 4;

  private static final FeatureTemplates TEMPLATES =
      FeatureTemplates.of(
          List.of(
              "U00:%x[-2,0]",
              "U01:%x[-1,0]",
              "U02:%x[0,0]",
              "U03:%x[1,0]",
              "U04:%x[2,0]",
              "U05:%x[-1,0]/%x[0,0]",
              "U06:%x[0,0]/%x[1,0]",
              "U10:%x[-1,1]",
              "U11:%x[0,1]",
              "U12:%x[1,1]",
              "U20:%x[-1,2]",
              "U21:%x[0,2]",
              "U22:%x[1,2]",
              "U23:%x[-1,2]/%x[0,2]/%x[1,2]",
              "B"));

  private final SequenceTagger model;

  /// @param train one sentence at least
  CrfBaseline(List<TaggedWords> train) {
    var trainer =
        new CrfTrainer(
            train.stream().map(s -> new TagSequence(rows(s.words()), s.tags())).toList(),
            new CrfSettings(TEMPLATES, 1, 1, ITERATIONS, THREADS));
    try {
      model = trainer.train((_, _) -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static List<List<String>> rows(List<String> words) {
    return words.stream()
        .map(word -> List.of(word, end(word.toLowerCase(Locale.ROOT)), shape(word)))
        .toList();
  }

  private static String end(String word) {
    return word.substring(Math.max(0, word.length() - SUFFIX));
  }

  /// Capitals, small letters, digits and other signs, runs as one.
  private static String shape(String word) {
    var shape = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      char kind =
          Character.isUpperCase(c)
              ? 'A'
              : Character.isLetter(c) ? 'a' : Character.isDigit(c) ? '0' : c;
      if (shape.isEmpty() || shape.charAt(shape.length() - 1) != kind) {
        shape.append(kind);
      }
    }
    return shape.isEmpty() ? Span.OUTSIDE : shape.toString();
  }

  @Override
  public String name() {
    return "crf";
  }

  @Override
  public List<String> predict(TaggedWords example) {
    return model.best(rows(example.words()));
  }
}
