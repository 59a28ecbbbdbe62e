package dev.imago.tasks.classification;

import dev.imago.data.Split;
import dev.imago.metrics.Average;
import dev.imago.metrics.ClassScores;
import dev.imago.metrics.Counts;
import dev.imago.model.Output;
import dev.imago.tasks.ByLabel;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Measure;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Telling the class of a text, or of two that belong together: one of several. Measured by
/// accuracy and macro F1.
///
/// @param labels names of the classes, in the order of their ids
public record Classification(List<String> labels) implements TextTask<ClassifiedText> {
  public static final String NAME = "classify";

  /// What a line of labels is.
  static final String FORM = "{\"id\":…,\"text\":…,\"label\":…,\"source\":…}";

  private static final Words WORDS =
      new Words(
          "texts",
          "classes",
          "text",
          "give rows of a text and its class (annotate.labels, annotate.task = classify)");

  public Classification {
    labels = List.copyOf(labels);
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "classes = %d%s, and telling them apart needs 2 at least: give rows of another, or name the field that has them with annotate.labelField"
              .formatted(
                  labels.size(), labels.isEmpty() ? "" : " («%s»)".formatted(labels.getFirst())));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Output.Classes output() {
    return new Output.Classes(labels);
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<ClassifiedText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, ClassifiedText.class, FORM);
  }

  @Override
  public List<String> gold(ClassifiedText example) {
    return List.of(example.label());
  }

  @Override
  public String otherwise() {
    return labels.getFirst();
  }

  /// A text as a model reads it; what is more than `longest` ids is cut, but not what the
  /// post-processor puts around.
  public static int[] ids(String text, Tokenizer tokenizer, int longest) {
    return question(text, tokenizer, longest).ids();
  }

  /// A text as it is asked: one row of scores tells its class.
  public static Question question(String text, Tokenizer tokenizer, int longest) {
    return TextTask.question(text, "", tokenizer, longest);
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return byLabel(labels, gold, predicted);
  }

  static List<List<String>> byLabel(
      List<String> labels, List<List<String>> gold, List<List<String>> predicted) {
    var counts = new LinkedHashMap<String, Counts>();
    labels.forEach(label -> counts.put(label, new Counts()));
    for (int i = 0; i < gold.size(); i++) {
      List<String> told = predicted.get(i);
      gold.get(i)
          .forEach(is -> counts.computeIfAbsent(is, _ -> new Counts()).gold(told.contains(is)));
      told.forEach(label -> counts.computeIfAbsent(label, _ -> new Counts()).told());
    }
    return ByLabel.rows(counts);
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    return told(
        gold.stream().map(List::getFirst).toList(),
        predicted.stream().map(List::getFirst).toList());
  }

  /// How well one class of each text was told.
  static List<Measure> told(List<String> gold, List<String> predicted) {
    ClassScores scores = ClassScores.of(gold, predicted);
    return List.of(
        new Measure("accuracy", true, units -> scores.drawn(units).accuracy()),
        new Measure("macro-f1", false, units -> scores.drawn(units).f1(Average.MACRO)));
  }

  @Override
  public List<Baseline<ClassifiedText>> baselines(List<ClassifiedText> train) {
    var baselines = new ArrayList<Baseline<ClassifiedText>>();
    baselines.add(new Majority(train));
    baselines.add(new NaiveBayes(train));
    baselines.addAll(LinearBaseline.of(train));
    return baselines;
  }
}
