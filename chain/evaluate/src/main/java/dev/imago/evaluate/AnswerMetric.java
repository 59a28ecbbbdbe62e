package dev.imago.evaluate;

import dev.imago.data.Example;
import dev.imago.metrics.Bleu;
import dev.imago.metrics.BleuTokenizer;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Chrf;
import dev.imago.metrics.Rouge;
import dev.imago.metrics.RougeWords;
import dev.imago.metrics.TextMetric;
import dev.imago.tasks.Task;
import dev.imago.tasks.rewriting.Rewriting;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A measure of answers, 0 … 100: what the task's field measures.
///
/// @param key in scores: `rouge-l`
/// @param name in words: `ROUGE-L`
/// @param factor from the metric's own range
record AnswerMetric(String key, String name, TextMetric metric, double factor) {
  private static final AnswerMetric CHRF = new AnswerMetric("chrf", "chrF", Chrf.standard(), 1);

  /// BLEU and chrF of translations, ROUGE of summaries, ROUGE-L and chrF of answers.
  ///
  /// @param pairs to be measured on
  static List<AnswerMetric> of(Task task, List<Example> pairs) {
    return switch (task.name()) {
      case Rewriting.TRANSLATE -> {
        BleuTokenizer words = chinese(pairs) ? BleuTokenizer.CHINESE : BleuTokenizer.WMT_13A;
        yield List.of(new AnswerMetric("bleu", "BLEU", Bleu.of(words), 1), CHRF);
      }
      case Rewriting.SUMMARISE ->
          List.of(
              rouge("1", Rouge.Variant.ROUGE_1),
              rouge("2", Rouge.Variant.ROUGE_2),
              rouge("l", Rouge.Variant.ROUGE_L));
      default -> List.of(rouge("l", Rouge.Variant.ROUGE_L), CHRF);
    };
  }

  private static AnswerMetric rouge(String of, Rouge.Variant variant) {
    return new AnswerMetric(
        "rouge-" + of,
        "ROUGE-" + of.toUpperCase(Locale.ROOT),
        new Rouge(variant, false, RougeWords.CHARACTERS),
        100);
  }

  /// Whether most letters of the references are ideographs.
  private static boolean chinese(List<Example> pairs) {
    long letters = 0;
    long ideographs = 0;
    for (Example pair : pairs) {
      letters += pair.completion().codePoints().filter(Character::isLetter).count();
      ideographs += pair.completion().codePoints().filter(Character::isIdeographic).count();
    }
    return 2 * ideographs > letters;
  }

  /// Whether its words are ours, where a script has no blanks.
  boolean countsWords() {
    return metric instanceof Rouge;
  }

  /// Every choice that changes a BLEU, in sacreBLEU's spelling; none of others, whose choices are
  /// always the same.
  Optional<String> signature() {
    return metric instanceof Bleu
        ? Optional.of("%s: %s".formatted(metric.name(), metric.signature(1)))
        : Optional.empty();
  }

  /// Of one system's answers, over any that are drawn.
  Bootstrap.Measure of(List<String> texts, List<Example> pairs) {
    List<List<String>> references = pairs.stream().map(p -> List.of(p.completion())).toList();
    Bootstrap.Measure score = Bootstrap.of(metric, metric.counts(texts, references));
    return units -> factor * score.of(units);
  }
}
