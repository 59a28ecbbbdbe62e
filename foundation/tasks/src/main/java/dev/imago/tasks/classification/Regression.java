package dev.imago.tasks.classification;

import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Sequence;
import java.nio.file.Path;
import java.util.List;

/// Telling a number of a text, or of two: a rating, how alike two sentences are. Learned by squared
/// error; measured by the correlations of Pearson and Spearman and by errors.
///
/// @param labels the number's name, one
public record Regression(List<String> labels) implements TextTask<RatedText> {
  public static final String NAME = "regress";

  private static final String FORM = "{\"id\":…,\"text\":…,\"value\":…,\"source\":…}";

  private static final Words WORDS =
      new Words(
          "texts",
          "numbers",
          "text",
          "give rows of a text and a number (annotate.labels, annotate.task = regress)");

  public Regression {
    labels = List.copyOf(labels);
    if (labels.size() != 1) {
      throw new IllegalArgumentException("numbers = %d, and one is told".formatted(labels.size()));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Output.Classes output() {
    return new Output.Classes(labels, Output.Problem.NUMBER);
  }

  @Override
  public Loss loss() {
    return Loss.SQUARED;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<RatedText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, RatedText.class, FORM);
  }

  @Override
  public List<String> gold(RatedText example) {
    return List.of(String.valueOf(example.value()));
  }

  /// Numbers are not counted one by one.
  @Override
  public String counted(String label) {
    return "";
  }

  /// The longest text to train on of one short line.
  @Override
  public String hint(Path folder) {
    return examples(folder, Split.TRAIN).stream()
        .map(e -> text(e).strip())
        .filter(t -> t.lines().count() == 1 && t.length() <= 80)
        .max(java.util.Comparator.comparingInt(String::length))
        .orElse("");
  }

  @Override
  public Sequence sequence(RatedText example, Question question, LabelIds places, Path rows) {
    return Sequence.ofNumbers(
        question.ids(), question.input().segments(), new float[] {(float) example.value()});
  }

  @Override
  public String otherwise() {
    return "0";
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    return new NumberScores(numbers(gold), numbers(predicted)).measures();
  }

  private static double[] numbers(List<List<String>> all) {
    return all.stream().mapToDouble(each -> Double.parseDouble(each.getFirst())).toArray();
  }

  /// None: a number is no label.
  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return List.of();
  }

  @Override
  public List<Baseline<RatedText>> baselines(List<RatedText> train) {
    double mean = train.stream().mapToDouble(RatedText::value).average().orElse(0);
    return List.of(
        new Baseline<>() {
          @Override
          public String name() {
            return "mean";
          }

          @Override
          public List<String> predict(RatedText example) {
            return List.of(String.valueOf(mean));
          }
        });
  }
}
