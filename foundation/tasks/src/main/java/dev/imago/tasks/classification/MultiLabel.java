package dev.imago.tasks.classification;

import dev.imago.data.Split;
import dev.imago.metrics.Average;
import dev.imago.metrics.MultiLabelScores;
import dev.imago.model.Output;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Telling which labels are there in a text, or in two: each by itself, so that any number may be.
/// Measured by micro and macro F1 and by how often all are right.
///
/// @param labels their names, in the order of their ids
public record MultiLabel(List<String> labels) implements TextTask<LabelSetText> {
  public static final String NAME = "multi-label";

  private static final String FORM = "{\"id\":…,\"text\":…,\"labels\":[…],\"source\":…}";

  private static final Words WORDS =
      new Words(
          "texts",
          "labels",
          "label of a text",
          "give rows of a text and a list of labels (annotate.labels, annotate.task ="
              + " multi-label)");

  public MultiLabel {
    labels = List.copyOf(labels);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("labels = 0, and one at least is to be told");
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Output.Classes output() {
    return new Output.Classes(labels, Output.Problem.SEVERAL);
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
  public List<LabelSetText> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, LabelSetText.class, FORM);
  }

  @Override
  public List<String> gold(LabelSetText example) {
    return example.labels();
  }

  /// 1 for each label that is there.
  @Override
  public Sequence sequence(LabelSetText example, Question question, LabelIds places, Path rows) {
    float[] there = new float[labels.size()];
    for (String label : example.labels()) {
      there[places.of(label, example.id(), rows)] = 1;
    }
    return Sequence.ofNumbers(question.ids(), question.input().segments(), there);
  }

  @Override
  public List<String> predict(
      LabelSetText example,
      List<Question> questions,
      List<float[][]> scores,
      dev.imago.model.Readout by) {
    float[][] rows = scores.getFirst();
    return rows.length == 0 ? List.of() : Verdict.of(output(), rows[0], by.calibration()).told();
  }

  @Override
  public String otherwise() {
    return "";
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    MultiLabelScores scores =
        MultiLabelScores.of(sets(gold), sets(predicted), new LinkedHashSet<>(labels));
    return List.of(
        new Measure("micro-f1", false, units -> scores.drawn(units).f1(Average.MICRO)),
        new Measure("macro-f1", false, units -> scores.drawn(units).f1(Average.MACRO)),
        new Measure("exact-match", true, units -> scores.drawn(units).subsetAccuracy()));
  }

  private static List<Set<String>> sets(List<List<String>> labels) {
    return labels.stream().map(Set::copyOf).toList();
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return Classification.byLabel(labels, gold, predicted);
  }

  /// The labels that most texts have, and naive Bayes and NB-SVM for each label by itself.
  @Override
  public List<Baseline<LabelSetText>> baselines(List<LabelSetText> train) {
    Map<String, Baseline<ClassifiedText>> bayes = new LinkedHashMap<>();
    Map<String, Baseline<ClassifiedText>> linear = new LinkedHashMap<>();
    var usual = new ArrayList<String>();
    for (String label : labels) {
      List<ClassifiedText> apart =
          train.stream().map(e -> one(e, e.labels().contains(label) ? label : "")).toList();
      var naive = new NaiveBayes(apart);
      bayes.put(label, naive);
      // A label that all have, or none, leaves nothing to tell apart.
      linear.put(label, LinearBaseline.of(apart).stream().findFirst().orElse(naive));
      if (2 * train.stream().filter(e -> e.labels().contains(label)).count() > train.size()) {
        usual.add(label);
      }
    }
    return List.of(
        new Told("majority", _ -> usual),
        new Told("naive-bayes", each(bayes)),
        new Told("nb-svm", each(linear)));
  }

  /// The labels that are there by what tells each by itself.
  private static Function<LabelSetText, List<String>> each(
      Map<String, Baseline<ClassifiedText>> by) {
    return e ->
        by.entrySet().stream()
            .filter(label -> label.getValue().predict(one(e, "")).contains(label.getKey()))
            .map(Map.Entry::getKey)
            .toList();
  }

  private static ClassifiedText one(LabelSetText e, String label) {
    return new ClassifiedText(e.id(), e.text(), label, e.source(), e.pair());
  }

  private record Told(String name, Function<LabelSetText, List<String>> by)
      implements Baseline<LabelSetText> {
    @Override
    public List<String> predict(LabelSetText example) {
      return by.apply(example);
    }
  }
}
