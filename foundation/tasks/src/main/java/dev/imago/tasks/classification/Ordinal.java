package dev.imago.tasks.classification;

import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Telling the rank of a text, or of two: one of several classes that have an order, such as stars.
/// One score for each step up; measured by quadratic kappa, accuracy and how many steps it is off.
///
/// @param labels names of the ranks, the lowest first
public record Ordinal(List<String> labels) implements TextTask<ClassifiedText> {
  public static final String NAME = "ordinal";

  private static final Words WORDS =
      new Words(
          "texts",
          "ranks",
          "step of a text",
          "give rows of a text and its rank (annotate.labels, annotate.task = ordinal)");

  public Ordinal {
    labels = List.copyOf(labels);
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "ranks = %d, and telling them apart needs 2 at least".formatted(labels.size()));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Output.Classes output() {
    return new Output.Classes(labels, Output.Problem.RANK);
  }

  @Override
  public Loss loss() {
    return Loss.BINARY;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<ClassifiedText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, ClassifiedText.class, Classification.FORM);
  }

  @Override
  public List<String> gold(ClassifiedText example) {
    return List.of(example.label());
  }

  /// 1 for each step that the rank is above.
  @Override
  public Sequence sequence(ClassifiedText example, Question question, LabelIds places, Path rows) {
    float[] above = new float[labels.size() - 1];
    java.util.Arrays.fill(above, 0, places.of(example.label(), example.id(), rows), 1);
    return Sequence.ofNumbers(question.ids(), question.input().segments(), above);
  }

  @Override
  public String otherwise() {
    return labels.getFirst();
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    List<String> is = gold.stream().map(List::getFirst).toList();
    List<String> told = predicted.stream().map(List::getFirst).toList();
    double[] y = is.stream().mapToDouble(labels::indexOf).toArray();
    double[] z = told.stream().mapToDouble(labels::indexOf).toArray();
    var all = new ArrayList<Measure>();
    var numbers = new NumberScores(y, z);
    all.add(new Measure("quadratic-kappa", false, numbers::quadraticKappa));
    all.addAll(Classification.told(is, told));
    all.add(new Measure("mean-steps-off", false, "steps", numbers::meanAbsolute));
    return all;
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return Classification.byLabel(labels, gold, predicted);
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
